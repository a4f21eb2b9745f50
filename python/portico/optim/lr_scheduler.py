"""Schedules of the learning rate.

Each `step()` moves the rate of every parameter group to that of the next epoch.
Schedules that multiply (StepLR, ExponentialLR, ...) start from the rate as it
is, so that several can be chained.
"""

import math
import warnings
from bisect import bisect_right
from collections import Counter

from portico._fail import fail_key, fail_type, fail_value

from ._settings import number
from .optimizer import Optimizer

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


class LRScheduler:
    """The base of schedules: counts epochs and writes the rates of `get_lr`.

    Args:
        optimizer (Optimizer): whose rates it sets; each group's rate is kept as ``initial_lr``.
        last_epoch (int): the epoch to go on from, -1 to begin.

    Raises:
        TypeError: no optimizer; KeyError: going on without ``initial_lr``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html

    >>> class Halving(pt.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [base / 2**self.last_epoch for base in self.base_lrs]
    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = Halving(opt)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer, last_epoch=-1):
        if not isinstance(optimizer, Optimizer):
            fail_type("LRScheduler", f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", number(group["lr"]))
            elif "initial_lr" not in group:
                fail_key(
                    "LRScheduler",
                    "param 'initial_lr' is not specified in param_groups"
                    f"[{i}] when resuming an optimizer",
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._optimizer_steps = optimizer._step_count
        self._last_lr = [number(g["lr"]) for g in optimizer.param_groups]
        self.step()

    @property
    def _rates(self):
        return [number(group["lr"]) for group in self.optimizer.param_groups]

    def get_lr(self):
        """The rates of the epoch `last_epoch`, one per group; every schedule defines it.

        Raises:
            NotImplementedError: the subclass defines none.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> pt.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 0.5**epoch).get_lr()
        [1.0]
        """
        raise NotImplementedError

    def get_last_lr(self):
        """The rates that were set last, one per group.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> pt.optim.lr_scheduler.ExponentialLR(opt, 0.5).get_last_lr()
        [1.0]
        """
        return self._last_lr

    def step(self, epoch=None):
        """Sets the rates of the next epoch, or of a given one.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> schedule = pt.optim.lr_scheduler.ExponentialLR(opt, 0.5)
        >>> opt.step(); schedule.step(); schedule.get_last_lr()
        [0.5]
        """
        self._step_count += 1
        if self._step_count == 2 and self.optimizer._step_count == self._optimizer_steps:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. The first value "
                "of the learning rate schedule is skipped: call `optimizer.step()` first.",
                UserWarning,
                stacklevel=2,
            )
        if epoch is None:
            self.last_epoch += 1
            rates = self.get_lr()
        else:
            self.last_epoch = epoch
            closed = getattr(self, "_get_closed_form_lr", None)
            rates = closed() if closed else self.get_lr()
        self._write(rates)

    def _write(self, rates):
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = list(rates)

    _not_saved = ("optimizer",)

    def state_dict(self):
        """All that the schedule keeps, but for the optimizer and functions.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> pt.optim.lr_scheduler.ExponentialLR(opt, 0.5).state_dict()["last_epoch"]
        0
        """
        return {k: v for k, v in self.__dict__.items() if k not in self._not_saved}

    def load_state_dict(self, state_dict):
        """Takes over what `state_dict` gave.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> schedule = pt.optim.lr_scheduler.ExponentialLR(opt, 0.5)
        >>> schedule.load_state_dict({"last_epoch": 7})
        >>> schedule.last_epoch
        7
        """
        self.__dict__.update(state_dict)


_LRScheduler = LRScheduler


class LambdaLR(LRScheduler):
    """The initial rate times ``lr_lambda(epoch)``; a list of functions has one per group.

    Raises:
        ValueError: another number of functions than of groups.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=2.0)
    >>> schedule = pt.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 1 / (1 + epoch))
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [1.0]
    """

    _not_saved = ("optimizer", "lr_lambdas")

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        groups = len(optimizer.param_groups)
        many = isinstance(lr_lambda, (list, tuple))
        self.lr_lambdas = list(lr_lambda) if many else [lr_lambda] * groups
        if len(self.lr_lambdas) != groups:
            fail_value("LambdaLR", f"Expected {groups} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * factor(self.last_epoch) for base, factor in pairs]


class MultiplicativeLR(LambdaLR):
    """The last rate times ``lr_lambda(epoch)``; a list of functions has one per group.

    Raises:
        TypeError: what is no optimizer.
        ValueError: a number of functions other than that of the parameter groups.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=2.0)
    >>> schedule = pt.optim.lr_scheduler.MultiplicativeLR(opt, lambda epoch: 0.5)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [1.0]
    """

    def get_lr(self):
        if self.last_epoch == 0:
            return self._rates
        pairs = zip(self._rates, self.lr_lambdas, strict=True)
        return [rate * factor(self.last_epoch) for rate, factor in pairs]


class StepLR(LRScheduler):
    """Multiplies by `gamma` every `step_size` epochs.

    Raises:
        TypeError: what is no optimizer.
        KeyError: a `last_epoch` to go on from, with groups that do not say their "initial_lr".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.StepLR(opt, step_size=1, gamma=0.5)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch == 0 or self.last_epoch % self.step_size:
            return self._rates
        return [rate * self.gamma for rate in self._rates]

    def _get_closed_form_lr(self):
        return [b * self.gamma ** (self.last_epoch // self.step_size) for b in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiplies by `gamma` at each of the epochs `milestones`.

    Raises:
        TypeError: what is no optimizer.
        KeyError: a `last_epoch` to go on from, with groups that do not say their "initial_lr".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.MultiStepLR(opt, [2], gamma=0.5)
    >>> for _ in range(2):
    ...     opt.step(); schedule.step(); print(schedule.get_last_lr())
    [1.0]
    [0.5]
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        factor = self.gamma ** self.milestones[self.last_epoch]
        return [rate * factor for rate in self._rates]

    def _get_closed_form_lr(self):
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [base * self.gamma**passed for base in self.base_lrs]


class ConstantLR(LRScheduler):
    """`factor` times the rate for the first `total_iters` epochs.

    Raises:
        ValueError: a factor outside [0, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.ConstantLR(opt, factor=0.5, total_iters=1)
    >>> schedule.get_last_lr()
    [0.5]
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        if not 0 <= factor <= 1:
            fail_value(
                "ConstantLR", "Constant multiplicative factor expected to be between 0 and 1."
            )
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch == 0:
            return [rate * self.factor for rate in self._rates]
        if self.last_epoch != self.total_iters:
            return self._rates
        return [rate / self.factor for rate in self._rates]

    def _get_closed_form_lr(self):
        factor = self.factor if self.last_epoch < self.total_iters else 1.0
        return [base * factor for base in self.base_lrs]


class LinearLR(LRScheduler):
    """From `start_factor` to `end_factor` times the rate over `total_iters` epochs.

    Raises:
        ValueError: factors outside [0, 1], or a start of 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.LinearLR(opt, start_factor=0.5, total_iters=2)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.75]
    """

    def __init__(
        self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1
    ):
        if not 0 < start_factor <= 1:
            fail_value(
                "LinearLR",
                "Starting multiplicative factor expected to be greater than 0 and less or equal "
                "to 1.",
            )
        if not 0 <= end_factor <= 1:
            fail_value("LinearLR", "Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self, epoch):
        share = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * share

    def get_lr(self):
        if self.last_epoch == 0:
            return [rate * self.start_factor for rate in self._rates]
        if self.last_epoch > self.total_iters:
            return self._rates
        change = self._factor(self.last_epoch) / self._factor(self.last_epoch - 1)
        return [rate * change for rate in self._rates]

    def _get_closed_form_lr(self):
        return [base * self._factor(self.last_epoch) for base in self.base_lrs]


class ExponentialLR(LRScheduler):
    """Multiplies by `gamma` every epoch.

    Raises:
        TypeError: what is no optimizer.
        KeyError: a `last_epoch` to go on from, with groups that do not say their "initial_lr".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch == 0:
            return self._rates
        return [rate * self.gamma for rate in self._rates]

    def _get_closed_form_lr(self):
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class PolynomialLR(LRScheduler):
    """Down to 0 over `total_iters` epochs as ``(1 - epoch / total_iters) ** power``.

    Raises:
        TypeError: what is no optimizer.
        KeyError: a `last_epoch` to go on from, with groups that do not say their "initial_lr".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.PolynomialLR(opt, total_iters=4)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.75]
    """

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch == 0 or self.last_epoch > self.total_iters:
            return self._rates
        left = 1.0 - self.last_epoch / self.total_iters
        before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return [rate * (left / before) ** self.power for rate in self._rates]

    def _get_closed_form_lr(self):
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [base * left**self.power for base in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the initial rate to `eta_min` over `T_max` epochs (and back).

    Raises:
        TypeError: what is no optimizer.
        KeyError: a `last_epoch` to go on from, with groups that do not say their "initial_lr".

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=2)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        epoch, half = self.last_epoch, self.T_max
        if epoch == 0:
            return self._rates
        if self._step_count == 1 and epoch > 0:
            return self._get_closed_form_lr()
        pairs = list(zip(self.base_lrs, self._rates, strict=True))
        if (epoch - 1 - half) % (2 * half) == 0:
            rise = (1 - math.cos(math.pi / half)) / 2
            return [rate + (base - self.eta_min) * rise for base, rate in pairs]
        change = (1 + math.cos(math.pi * epoch / half)) / (
            1 + math.cos(math.pi * (epoch - 1) / half)
        )
        return [change * (rate - self.eta_min) + self.eta_min for _, rate in pairs]

    def _get_closed_form_lr(self):
        share = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half cosines over `T_0` epochs that start again, each `T_mult` times as long as the last.

    The lowest rate is `eta_min`.

    Raises:
        ValueError: T_0 or T_mult that is no positive integer.

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=2)
    >>> for _ in range(2):
    ...     opt.step(); schedule.step(); print(schedule.get_last_lr())
    [0.5]
    [1.0]
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        if T_0 <= 0 or not isinstance(T_0, int):
            fail_value(
                "CosineAnnealingWarmRestarts", f"Expected positive integer T_0, but got {T_0}"
            )
        if T_mult < 1 or not isinstance(T_mult, int):
            fail_value(
                "CosineAnnealingWarmRestarts", f"Expected integer T_mult >= 1, but got {T_mult}"
            )
        self.T_0 = self.T_i = T_0
        self.T_mult, self.eta_min = T_mult, eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]

    def step(self, epoch=None):
        """Sets the rates of the next epoch, or of a given one, which may be a fraction.

        Raises:
            ValueError: a negative epoch.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> schedule = pt.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=2)
        >>> opt.step(); schedule.step(1.0); schedule.get_last_lr()
        [0.5]
        """
        self._step_count += 1
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            if epoch < 0:
                fail_value(
                    "CosineAnnealingWarmRestarts", f"Expected non-negative epoch, but got {epoch}"
                )
            self.T_cur, self.T_i = self._place(epoch)
        self.last_epoch = math.floor(epoch)
        self._write(self.get_lr())

    def _place(self, epoch):
        if epoch < self.T_0:
            return epoch, self.T_0
        if self.T_mult == 1:
            return epoch % self.T_0, self.T_0
        n = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
        begun = self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
        return epoch - begun, self.T_0 * self.T_mult**n


class SequentialLR(LRScheduler):
    """One schedule after another, changing at the epochs `milestones`.

    `schedulers` has one more than there are milestones.

    Raises:
        ValueError: no schedules, other optimizers, or not one milestone less than schedules.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> warm = pt.optim.lr_scheduler.ConstantLR(opt, factor=0.5, total_iters=9)
    >>> cool = pt.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
    >>> schedule = pt.optim.lr_scheduler.SequentialLR(opt, [warm, cool], milestones=[1])
    >>> schedule.get_last_lr()
    [0.5]
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [1.0]
    """

    _not_saved = ("optimizer", "_schedulers")

    def __init__(self, optimizer, schedulers, milestones, last_epoch=-1):
        schedulers = list(schedulers)
        if not schedulers:
            fail_value("SequentialLR", "SequentialLR expects at least one scheduler to be chained")
        for scheduler in schedulers:
            if scheduler.optimizer is not optimizer:
                fail_value(
                    "SequentialLR",
                    "SequentialLR expects all schedulers to belong to the same optimizer",
                )
        if len(milestones) != len(schedulers) - 1:
            fail_value(
                "SequentialLR",
                "SequentialLR expects the number of milestones to be one less than the number of "
                f"schedulers; got {len(schedulers)} schedulers and {len(milestones)} milestones",
            )
        self._schedulers, self._milestones = schedulers, list(milestones)
        self.optimizer = optimizer
        self.last_epoch = last_epoch + 1
        # Making them has stepped them all: begin again with the first alone.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in schedulers:
            scheduler.last_epoch -= 1
            scheduler._step_count = 0
        schedulers[0].step()
        self._last_lr = schedulers[0].get_last_lr()

    def step(self):
        """Sets the rates of the next epoch, by the schedule that is on.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> cool = pt.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
        >>> schedule = pt.optim.lr_scheduler.SequentialLR(opt, [cool], milestones=[])
        >>> opt.step(); schedule.step(); schedule.get_last_lr()
        [0.5]
        """
        self.last_epoch += 1
        index = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[index]
        if index > 0 and self._milestones[index - 1] == self.last_epoch:
            scheduler.step(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def state_dict(self):
        return super().state_dict() | {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict):
        state_dict = dict(state_dict)
        for scheduler, state in zip(self._schedulers, state_dict.pop("_schedulers"), strict=True):
            scheduler.load_state_dict(state)
        self.__dict__.update(state_dict)


class ChainedScheduler(LRScheduler):
    """Several schedules, each stepped every time, so that their factors multiply.

    Raises:
        ValueError: no schedules, or other optimizers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> parts = [pt.optim.lr_scheduler.ExponentialLR(opt, gamma) for gamma in (0.5, 0.5)]
    >>> schedule = pt.optim.lr_scheduler.ChainedScheduler(parts)
    >>> opt.step(); schedule.step(); schedule.get_last_lr()
    [0.25]
    """

    def __init__(self, schedulers, optimizer=None):
        self._schedulers = list(schedulers)
        if not self._schedulers:
            fail_value("ChainedScheduler", "ChainedScheduler expects at least one scheduler")
        self.optimizer = optimizer or self._schedulers[0].optimizer
        for scheduler in self._schedulers:
            if scheduler.optimizer is not self.optimizer:
                fail_value(
                    "ChainedScheduler",
                    "ChainedScheduler expects all schedulers to belong to the same optimizer",
                )
        self._last_lr = self._rates

    def step(self):
        """Steps every schedule.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> part = pt.optim.lr_scheduler.ExponentialLR(opt, 0.5)
        >>> schedule = pt.optim.lr_scheduler.ChainedScheduler([part])
        >>> opt.step(); schedule.step(); schedule.get_last_lr()
        [0.5]
        """
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._rates

    def state_dict(self):
        return {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict):
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)


class CyclicLR(LRScheduler):
    """Up from `base_lr` to `max_lr` and down again, over and over (Smith, 2015).

    Args:
        step_size_up, step_size_down (int): steps up and down; as many down as up by default.
        mode (str): "triangular", "triangular2" (half as high each cycle) or "exp_range"
            (``gamma ** step`` as high); or a `scale_fn` of the cycle or, by `scale_mode`, the step.
        cycle_momentum (bool): move momentum the other way, between the two given.

    Momentum runs the other way, from `max_momentum` to `base_momentum`.

    Raises:
        ValueError: an unknown mode, or an optimizer without momentum to cycle.

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0, momentum=0.9)
    >>> schedule = pt.optim.lr_scheduler.CyclicLR(opt, 1.0, 3.0, step_size_up=2)
    >>> for _ in range(2):
    ...     opt.step(); schedule.step(); print(schedule.get_last_lr())
    [2.0]
    [3.0]
    """

    _not_saved = ("optimizer", "_scale_fn")

    def __init__(
        self, optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, mode="triangular",
        gamma=1.0, scale_fn=None, scale_mode="cycle", cycle_momentum=True, base_momentum=0.8,
        max_momentum=0.9, last_epoch=-1,
    ):  # fmt: skip
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            fail_value("CyclicLR", "mode is invalid and scale_fn is None")

        def per_group(value):
            many = isinstance(value, (list, tuple))
            return list(value) if many else [value] * len(optimizer.param_groups)

        self.max_lrs = per_group(max_lr)
        down = step_size_up if step_size_down is None else step_size_down
        self.total_size = float(step_size_up + down)
        self.step_ratio = step_size_up / self.total_size
        self.mode, self.gamma = mode, gamma
        self._scale_fn = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
                fail_value(
                    "CyclicLR",
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
                )
            self.base_momentums, self.max_momentums = (
                per_group(base_momentum),
                per_group(max_momentum),
            )
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, per_group(base_lr), strict=True):
                group["lr"] = low
        super().__init__(optimizer, last_epoch)
        self.base_lrs = per_group(base_lr)

    def scale_fn(self, x):
        """How high cycle (or step) x is, as a factor.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0, momentum=0.9)
        >>> pt.optim.lr_scheduler.CyclicLR(opt, 1.0, 3.0, mode="triangular2").scale_fn(2)
        0.5
        """
        if self._scale_fn is not None:
            return self._scale_fn(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / 2.0 ** (x - 1) if self.mode == "triangular2" else self.gamma**x

    def get_lr(self):
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            pairs = zip(self.base_momentums, self.max_momentums, strict=True)
            values = [high - (high - low) * height * scale for low, high in pairs]
            _set_momentum(self.optimizer, values)
        return [
            low + (high - low) * height * scale
            for low, high in zip(self.base_lrs, self.max_lrs, strict=True)
        ]


def _set_momentum(optimizer, values):
    for group, value in zip(optimizer.param_groups, values, strict=True):
        if "betas" in group:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class OneCycleLR(LRScheduler):
    """Up from ``max_lr / div_factor`` to `max_lr` and then far down, once (Smith & Topin, 2017).

    Args:
        total_steps (int): or `epochs` and `steps_per_epoch`: the length.
        pct_start (float): the share of it that goes up.
        anneal_strategy (str): "cos" or "linear".
        cycle_momentum (bool): move momentum the other way, between the two given.
        final_div_factor (float): the last rate is the first divided by this.
        three_phase (bool): down to the first rate before going further.

    Momentum runs the other way, from `max_momentum` to `base_momentum`.

    Raises:
        ValueError: arguments out of range, an optimizer without momentum to cycle, too many steps.

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0, momentum=0.9)
    >>> schedule = pt.optim.lr_scheduler.OneCycleLR(opt, max_lr=1.0, total_steps=10)
    >>> round(schedule.get_last_lr()[0], 4)
    0.04
    """

    def __init__(
        self, optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3,
        anneal_strategy="cos", cycle_momentum=True, base_momentum=0.85, max_momentum=0.95,
        div_factor=25.0, final_div_factor=1e4, three_phase=False, last_epoch=-1,
    ):  # fmt: skip
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                fail_value(
                    "OneCycleLR",
                    "You must define either total_steps OR (epochs AND steps_per_epoch)",
                )
            total_steps = epochs * steps_per_epoch
        if total_steps <= 0 or not isinstance(total_steps, int):
            fail_value(
                "OneCycleLR", f"Expected positive integer total_steps, but got {total_steps}"
            )
        if not 0 <= pct_start <= 1:
            fail_value(
                "OneCycleLR", f"Expected float between 0 and 1 pct_start, but got {pct_start}"
            )
        if anneal_strategy not in ("cos", "linear"):
            fail_value(
                "OneCycleLR",
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}",
            )
        self.total_steps, self.anneal_strategy = total_steps, anneal_strategy
        rise = pct_start * total_steps - 1
        if three_phase:
            ends = [rise, 2 * rise, total_steps - 1]
            self._phases = [("initial_lr", "max_lr"), ("max_lr", "initial_lr"),
                            ("initial_lr", "min_lr")]  # fmt: skip
            momenta = [("max", "base"), ("base", "max"), ("max", "max")]
        else:
            ends = [rise, total_steps - 1]
            self._phases = [("initial_lr", "max_lr"), ("max_lr", "min_lr")]
            momenta = [("max", "base"), ("base", "max")]
        self._ends = [float(end) for end in ends]
        self._momenta = momenta
        groups = optimizer.param_groups
        tops = list(max_lr) if isinstance(max_lr, (list, tuple)) else [max_lr] * len(groups)
        if last_epoch == -1:
            for group, top in zip(groups, tops, strict=True):
                group["initial_lr"] = top / div_factor
                group["max_lr"] = top
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        self._momentum_range = {"base": base_momentum, "max": max_momentum}
        if cycle_momentum:
            if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
                fail_value(
                    "OneCycleLR",
                    "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
                )
        super().__init__(optimizer, last_epoch)

    def _between(self, start, end, share):
        if self.anneal_strategy == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
        return start + (end - start) * share

    def get_lr(self):
        step = self.last_epoch
        if step > self.total_steps:
            fail_value(
                "OneCycleLR",
                f"Tried to step {step} times. The specified number of total steps is "
                f"{self.total_steps}",
            )
        begin = 0.0
        for index, end in enumerate(self._ends):
            if step <= end or index == len(self._ends) - 1:
                break
            begin = end
        share = (step - begin) / (end - begin) if end != begin else 1.0
        if self.cycle_momentum:
            first, last = (self._momentum_range[name] for name in self._momenta[index])
            value = self._between(first, last, share)
            _set_momentum(self.optimizer, [value] * len(self.optimizer.param_groups))
        first, last = self._phases[index]
        return [self._between(g[first], g[last], share) for g in self.optimizer.param_groups]


class ReduceLROnPlateau(LRScheduler):
    """Multiplies by `factor` when a metric has not improved for `patience` epochs.

    Args:
        mode (str): whether less ("min") or more ("max") is better.
        threshold (float), threshold_mode (str): how much better, "rel" or "abs".
        cooldown (int): epochs to wait after a reduction.
        min_lr (float): no rate below this; eps (float): nor a change below this.

    Raises:
        ValueError: a factor not below 1, unknown modes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
    >>> schedule = pt.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=0)
    >>> schedule.step(3.0); schedule.step(3.0); schedule.get_last_lr()
    [0.5]
    """

    def __init__(
        self, optimizer, mode="min", factor=0.1, patience=10, threshold=1e-4, threshold_mode="rel",
        cooldown=0, min_lr=0, eps=1e-8,
    ):  # fmt: skip
        if factor >= 1.0:
            fail_value("ReduceLROnPlateau", "Factor should be < 1.0.")
        if mode not in ("min", "max"):
            fail_value("ReduceLROnPlateau", f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            fail_value("ReduceLROnPlateau", f"threshold mode {threshold_mode} is unknown!")
        self.optimizer = optimizer
        many = isinstance(min_lr, (list, tuple))
        self.min_lrs = list(min_lr) if many else [min_lr] * len(optimizer.param_groups)
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.last_epoch = 0
        self._last_lr = self._rates
        self._reset()

    def _reset(self):
        self.best = math.inf if self.mode == "min" else -math.inf
        self.cooldown_counter = self.num_bad_epochs = 0

    @property
    def in_cooldown(self):
        return self.cooldown_counter > 0

    def is_better(self, a, best):
        """Whether metric a is better than `best`, by more than the threshold.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> pt.optim.lr_scheduler.ReduceLROnPlateau(opt).is_better(1.0, 2.0)
        True
        """
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs":
            return sign * a < sign * best - self.threshold
        if math.isinf(best):
            return sign * a < sign * best
        return sign * a < sign * best * (1 - sign * self.threshold)

    def step(self, metrics, epoch=None):
        """Takes the metric of an epoch, and reduces the rates if it is time.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=1.0)
        >>> schedule = pt.optim.lr_scheduler.ReduceLROnPlateau(opt)
        >>> schedule.step(3.0); schedule.num_bad_epochs
        0
        """
        current = float(metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._rates

    def _reduce(self):
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            old = number(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                group["lr"] = new
