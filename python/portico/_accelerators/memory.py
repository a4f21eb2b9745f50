"""What a device's allocator tells: the part of `torch.cuda.memory` that Portico has."""

from __future__ import annotations

import collections

from .. import _core
from .._fail import fail_value

#: Figures that only grow, until `reset_accumulated_memory_stats`.
_COUNTERS = ("allocation.all.allocated", "allocation.all.freed", "num_alloc_retries")
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def _amount(n):
    """A number of bytes as people read it."""
    unit = 0
    while n >= 10 * 1024 and unit < len(_UNITS) - 1:
        n, unit = n // 1024, unit + 1
    return f"{n} {_UNITS[unit]}"


class MemoryStatistics:
    """Functions of a device module; `device` is a device, an index, or None for the current one."""

    def _stats(self, device):
        return _core.memory_stats(self._at(device))

    def memory_allocated(self, device=None):
        """Bytes that tensors hold on `device`, by default the current one.

        >>> x = pt.arange(1000.0)
        >>> pt.flush()
        >>> pt.cpu.memory_allocated() >= 4000
        True
        """
        return self._stats(device)["live_bytes"]

    def max_memory_allocated(self, device=None):
        """The most bytes that tensors of `device` held since `reset_peak_memory_stats`.

        >>> pt.cpu.max_memory_allocated() >= pt.cpu.memory_allocated()
        True
        """
        return self._stats(device)["peak_bytes"]

    def memory_reserved(self, device=None):
        """Bytes that tensors of `device` hold or that are kept for its next ones.

        >>> pt.cpu.memory_reserved() >= pt.cpu.memory_allocated()
        True
        """
        stats = self._stats(device)
        return stats["live_bytes"] + stats["cached_bytes"]

    def max_memory_reserved(self, device=None):
        """The most that `memory_reserved` of `device` was since `reset_peak_memory_stats`.

        >>> pt.cpu.max_memory_reserved() >= pt.cpu.memory_reserved()
        True
        """
        return self._stats(device)["peak_reserved_bytes"]

    def memory_stats(self, device=None):
        """The figures of the allocator of `device`, under PyTorch's names.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.cuda.memory.memory_stats.html

        >>> stats = pt.cpu.memory_stats()
        >>> stats["allocated_bytes.all.current"] == pt.cpu.memory_allocated()
        True
        """
        s = self._stats(device)
        named = collections.OrderedDict(
            {
                "active_bytes.all.current": s["live_bytes"],
                "active_bytes.all.peak": s["peak_bytes"],
                "allocated_bytes.all.current": s["live_bytes"],
                "allocated_bytes.all.peak": s["peak_bytes"],
                "allocation.all.allocated": s["allocations"],
                "allocation.all.current": s["live_buffers"],
                "allocation.all.freed": s["allocations"] - s["live_buffers"],
                "num_alloc_retries": s["retries"],
                "reserved_bytes.all.current": s["live_bytes"] + s["cached_bytes"],
                "reserved_bytes.all.peak": s["peak_reserved_bytes"],
            }
        )
        for name, before in self._counted.get(str(self._at(device)), {}).items():
            named[name] -= before
        return named

    def memory_stats_as_nested_dict(self, device=None):
        """`memory_stats` of `device`, with a dictionary for each part of a name.

        >>> sorted(pt.cpu.memory_stats_as_nested_dict()["reserved_bytes"]["all"])
        ['current', 'peak']
        """
        nested = {}
        for name, value in self.memory_stats(device).items():
            *path, last = name.split(".")
            inner = nested
            for part in path:
                inner = inner.setdefault(part, {})
            inner[last] = value
        return nested

    def memory_summary(self, device=None, abbreviated=False):
        """The figures of the allocator of `device` as a table to print. `abbreviated` is accepted.

        >>> "reserved" in pt.cpu.memory_summary()
        True
        """
        s = self.memory_stats(device)
        rows = [
            (word, _amount(s[f"{word}_bytes.all.current"]), _amount(s[f"{word}_bytes.all.peak"]))
            for word in ("allocated", "reserved")
        ]
        free, total = self.mem_get_info(device)
        lines = [
            f"Memory of {self._at(device)}: {_amount(free)} free of {_amount(total)}",
            f"{'':12}{'now':>12}{'peak':>12}",
            *(f"{word:12}{now:>12}{peak:>12}" for word, now, peak in rows),
            f"{s['allocation.all.current']} tensors and arenas; "
            f"{s['allocation.all.allocated']} allocations, {s['num_alloc_retries']} of them "
            "after giving back what was kept",
        ]
        return "\n".join(lines)

    def reset_peak_memory_stats(self, device=None):
        """Starts `max_memory_allocated` and `max_memory_reserved` of `device` anew.

        >>> pt.cpu.reset_peak_memory_stats()
        >>> pt.cpu.max_memory_allocated() == pt.cpu.memory_allocated()
        True
        """
        _core.reset_device_peak(self._at(device))

    def reset_max_memory_allocated(self, device=None):
        """Another name of `reset_peak_memory_stats`, with the same `device`.

        >>> pt.cpu.reset_max_memory_allocated()
        """
        self.reset_peak_memory_stats(device)

    def reset_accumulated_memory_stats(self, device=None):
        """Counts allocations and retries of `device` from 0 again.

        >>> pt.cpu.reset_accumulated_memory_stats()
        >>> pt.cpu.memory_stats()["allocation.all.allocated"]
        0
        """
        counted = self._counted.setdefault(str(self._at(device)), {})
        stats = self.memory_stats(device)
        for name in _COUNTERS:
            counted[name] = counted.get(name, 0) + stats[name]

    def empty_cache(self):
        """Gives the memory that is kept for the next tensors back to the devices.

        >>> pt.cpu.empty_cache()
        >>> pt.cpu.memory_reserved() == pt.cpu.memory_allocated()
        True
        """
        kind = self._named()
        if kind is not None:
            for ordinal in range(_core.device_count(kind)):
                _core.release_device_cache(f"{kind}:{ordinal}")

    def mem_get_info(self, device=None):
        """Bytes that `device` has free, and all that it has.

        >>> free, total = pt.cpu.mem_get_info()
        >>> 0 <= free <= total
        True
        """
        return _core.memory_info(self._at(device))

    def device_memory_used(self, device=None):
        """Bytes of `device` that are in use, whoever uses them.

        >>> pt.cpu.device_memory_used() >= 0
        True
        """
        free, total = self.mem_get_info(device)
        return total - free

    def set_per_process_memory_fraction(self, fraction, device=None):
        """Sets the `fraction` of the memory of `device` that tensors may take.

        Raises:
            ValueError: no number from 0 to 1.

        >>> pt.cpu.set_per_process_memory_fraction(1.0)
        """
        if not 0 <= fraction <= 1:
            fail_value(
                "set_per_process_memory_fraction", "invalid fraction", fraction, "from 0 to 1"
            )
        total = self.get_device_properties(device).total_memory
        _core.set_device_memory_limit(self._at(device), int(total * fraction) or 1)

    def get_per_process_memory_fraction(self, device=None):
        """The part of the memory of `device` that tensors may take.

        >>> pt.cpu.set_per_process_memory_fraction(1.0)
        >>> pt.cpu.get_per_process_memory_fraction()
        1.0
        """
        total = self.get_device_properties(device).total_memory
        return min(1.0, self._stats(device)["limit_bytes"] / total)

    def ipc_collect(self):
        """Accepted: memory that other processes are done with is given back at once.

        >>> pt.cpu.ipc_collect()
        """
