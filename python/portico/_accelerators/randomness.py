"""Random numbers of a device module. There is one stream of them for all devices."""

from __future__ import annotations

from .. import random


class RandomNumbers:
    """Functions of a device module; which device is meant makes no difference."""

    def manual_seed(self, seed):
        """Seeds random numbers with `seed`; they are the same on all devices.

        >>> pt.cpu.manual_seed(7)
        >>> pt.initial_seed()
        7
        """
        random.manual_seed(seed)

    def manual_seed_all(self, seed):
        """The same: a `seed` is that of all devices.

        >>> pt.cpu.manual_seed_all(7)
        """
        random.manual_seed(seed)

    def seed(self):
        """Seeds random numbers with one of the operating system's.

        >>> pt.cpu.seed()
        >>> pt.cpu.manual_seed(0)
        """
        random.seed()

    def seed_all(self):
        """The same: a seed is that of all devices.

        >>> pt.cpu.seed_all()
        >>> pt.cpu.manual_seed(0)
        """
        random.seed()

    def initial_seed(self):
        """The seed of the random numbers.

        >>> pt.cpu.manual_seed(7)
        >>> pt.cpu.initial_seed()
        7
        """
        return random.initial_seed()

    def get_rng_state(self, device=None):
        """The state of the random numbers, whatever the `device`, as a tensor of 16 uint8.

        >>> pt.equal(pt.cpu.get_rng_state(), pt.get_rng_state())
        True
        """
        return random.get_rng_state()

    def set_rng_state(self, new_state, device=None):
        """Restores `new_state`, whatever the `device`.

        >>> pt.cpu.set_rng_state(pt.cpu.get_rng_state())
        """
        random.set_rng_state(new_state)

    def get_rng_state_all(self):
        """A state for each device of the kind: all the same one.

        >>> len(pt.cpu.get_rng_state_all()) == pt.cpu.device_count()
        True
        """
        return [random.get_rng_state() for _ in range(self.device_count())]

    def set_rng_state_all(self, new_states):
        """Restores `new_states`, as `get_rng_state_all` gave them.

        >>> pt.cpu.set_rng_state_all(pt.cpu.get_rng_state_all())
        """
        for state in new_states:
            random.set_rng_state(state)
