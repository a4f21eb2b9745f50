"""Streams, events, memory: what torch.cuda has."""

import pytest

import portico as pt
from portico import _core


def test_modules_come_from_the_drivers(mock):
    assert pt.mock.__name__ == "portico.mock" and pt.mimic.device_count() == 2
    assert "mock" in dir(pt) and "accelerator" in dir(pt)
    with pytest.raises(AttributeError):
        pt.nonesuch  # noqa: B018


def test_importing_a_module(mock):
    import portico.mock

    from portico import accelerator

    assert portico.mock is pt.mock is pt.get_device_module("mock:1")
    assert accelerator is pt.accelerator is pt.get_device_module("accelerator")
    with pytest.raises(ImportError):
        import portico.nonesuch  # noqa: F401
    with pytest.raises(RuntimeError, match="no such kind of device; got nonesuch"):
        pt.get_device_module("nonesuch")


def test_a_module_lists_what_it_has(kind):
    names = dir(kind)
    assert {"Event", "Stream", "memory_allocated", "get_rng_state", "synchronize"} <= set(names)
    assert all(hasattr(kind, name) and not name.startswith("_") for name in names)


def test_a_kind_that_is_not_there():
    assert pt.mps.is_available() is False and pt.mps.device_count() == 0
    with pytest.raises(RuntimeError, match="portico not built with mps"):
        pt.mps.current_device()
    with pytest.raises(RuntimeError):
        pt.ones(2).to("mps")
    pt.mps.empty_cache()
    pt.mps.manual_seed_all(3)


def test_devices(kind, device):
    assert kind.is_available() and kind.device_count() >= 1 and kind.current_device() == 0
    assert kind.get_device_name() == kind.get_device_name(0) == kind.get_device_name(device)
    properties = kind.get_device_properties(device)
    assert properties.total_memory > 0 and properties.name == kind.get_device_name()
    with pytest.raises(ValueError, match=f"Expected a {device.type} device, but got: cpu"):
        kind.get_device_name("cpu")
    assert kind.get_device_capability() == (properties.major, properties.minor)
    assert properties.arch in kind.get_arch_list() or device.type == "mock"
    assert kind.is_bf16_supported() and not kind.can_device_access_peer(0, device)


def test_a_device_that_is_not_there(kind, device):
    missing = f"{device.type}:{kind.device_count()}"
    for make in (
        lambda: pt.ones(2, device=missing),
        lambda: pt.tensor([1.0], device=missing),
        lambda: pt.randn(2, device=missing),
        lambda: pt.ones(2).to(missing),
        lambda: pt.set_default_device(missing),
        lambda: pt.device(missing).__enter__(),
    ):
        with pytest.raises(RuntimeError, match="no such device.*try python -m portico devices"):
            make()
    assert pt.ones(2).device == pt.device("cpu")


def test_the_current_device(mock):
    assert pt.mock.current_device() == 0
    with pt.mock.device(1):
        assert pt.mock.current_device() == 1
        assert pt.ones(2, device="mock").device == pt.device("mock:1")
    assert pt.ones(2, device="mock").device == mock
    pt.mock.set_device("mock:1")
    try:
        assert pt.device("mock").index == 1
        assert pt.mock.current_stream().device == pt.device("mock:1")
    finally:
        pt.mock.set_device(0)


def test_the_accelerator(device):
    found = pt.accelerator.current_accelerator()
    assert pt.accelerator.is_available() and found.type != "cpu"
    assert pt.accelerator.device_count() >= 1
    assert pt.accelerator.current_device_index() == 0
    pt.accelerator.synchronize()


def test_work_is_asynchronous(mock):
    x = pt.ones(1000, device=mock)
    y = x
    for _ in range(30):
        y = y + 1
        pt.flush()  # a program each, a fifth of a millisecond late
    assert not pt.mock.current_stream().query()
    pt.mock.synchronize()
    assert pt.mock.current_stream().query()
    assert y[0].item() == 31


def test_streams(kind, device):
    stream = kind.Stream()
    assert isinstance(stream, kind.Stream) and stream.device == device
    assert stream != kind.default_stream() and kind.current_stream() == kind.default_stream()
    x = pt.ones(100, device=device)
    with kind.stream(stream) as chosen:
        assert chosen is stream and kind.current_stream() == stream
        y = x * 2
        with kind.stream(None):
            assert kind.current_stream() == stream
        with kind.stream(kind.default_stream()):
            assert kind.current_stream() == kind.default_stream()
        assert kind.current_stream() == stream
    assert kind.current_stream() == kind.default_stream()
    z = y + x  # on the default stream, after y's
    stream.synchronize()
    assert z.tolist() == [3] * 100 and stream.query()
    assert f"device={device}" in repr(stream)


def test_streams_are_contexts(kind, device):
    first, second = pt.Stream(device), kind.Stream(device)
    with first as chosen, second:
        assert chosen is first and kind.current_stream() == second
        with first:
            assert kind.current_stream() == first
    assert kind.current_stream() == kind.default_stream()
    assert isinstance(first, pt.Stream) and isinstance(first, kind.Stream)
    x = pt.ones(2, device=device)
    x.record_stream(first)
    event = pt.Event(device, enable_timing=True)
    event.record(first)
    assert event.device == device and isinstance(event, kind.Event)


def test_an_error_leaves_the_stream(kind, device):
    with pytest.raises(ZeroDivisionError), kind.stream(kind.Stream()):
        1 / 0  # noqa: B018
    assert kind.current_stream() == kind.default_stream()


def test_streams_wait_for_each_other(kind, device):
    first, second = kind.Stream(), kind.Stream()
    with kind.stream(first):
        x = pt.ones(1000, device=device).cumsum(0)
    event = first.record_event()
    second.wait_event(event)
    second.wait_stream(first)
    with kind.stream(second):
        y = x.flip(0)
    second.synchronize()
    assert event.query() and y[0].item() == 1000


def test_memory_of_one_stream_is_not_lent_to_another_too_early(kind, device):
    stream = kind.Stream()
    for i in range(20):
        with kind.stream(stream):
            x = pt.full((5000,), float(i), device=device) + 1
            pt.flush()
            y = x * 2
            pt.flush()
            del x
        z = pt.full((5000,), -1.0, device=device) + 0
        pt.flush()
        assert y.sum().item() == 5000 * 2 * (i + 1) and z.sum().item() == -5000


def test_events(kind, device):
    start, end = kind.Event(enable_timing=True), kind.Event(enable_timing=True)
    assert start.query()
    with pytest.raises(RuntimeError, match="must be recorded"):
        start.elapsed_time(end)
    start.record()
    y = pt.ones(1000, device=device).exp().sum()
    end.record()
    end.synchronize()
    assert end.query() and start.elapsed_time(end) >= 0
    assert y.item() == pytest.approx(2718.28, rel=1e-3)
    with pytest.raises(TypeError):
        kind.Event().record(pt.ones(1))


def test_events_measure(mock):
    start, end = pt.mock.Event(enable_timing=True), pt.mock.Event(enable_timing=True)
    x = pt.ones(10, device=mock)
    x.tolist()
    start.record()
    for _ in range(20):
        x = x + 1
        pt.flush()
    end.record()
    end.synchronize()
    assert start.elapsed_time(end) > 20 * 0.2  # each at least that late


def test_memory_statistics(kind, device):
    x = pt.zeros(1000, device=device) + 1
    pt.flush()
    before = kind.memory_allocated()
    assert before >= 4000
    kind.reset_peak_memory_stats()
    y = pt.ones(250_000, device=device) * 3
    pt.flush()
    assert kind.memory_allocated() - before >= 1_000_000
    del y
    # But for the status words of the programs in between.
    assert before <= kind.memory_allocated() <= before + 4096
    before = kind.memory_allocated()
    assert kind.max_memory_allocated() - before >= 1_000_000
    assert kind.memory_reserved() - before >= 1_000_000
    stats = kind.memory_stats()
    assert stats["allocated_bytes.all.current"] == before
    assert stats["allocated_bytes.all.peak"] == kind.max_memory_allocated()
    assert kind.max_memory_reserved() >= kind.max_memory_allocated()
    assert kind.memory_stats_as_nested_dict()["reserved_bytes"]["all"]["current"] > before
    assert "reserved" in kind.memory_summary()
    kind.empty_cache()
    assert kind.memory_reserved() == kind.memory_allocated() < kind.max_memory_reserved()
    kind.reset_peak_memory_stats()
    assert kind.max_memory_reserved() == kind.memory_reserved()
    made = pt.ones(10, device=device) * 2
    pt.flush()
    kind.reset_accumulated_memory_stats()
    again = pt.ones(10, device=device) * 2
    pt.flush()
    assert kind.memory_stats()["allocation.all.allocated"] >= 1
    kind.reset_accumulated_memory_stats()
    assert kind.memory_stats()["allocation.all.allocated"] == 0
    del made, again
    assert kind.memory_stats()["allocation.all.freed"] >= 2
    kind.set_per_process_memory_fraction(0.5)
    assert kind.get_per_process_memory_fraction() == pytest.approx(0.5, rel=0.01)
    kind.set_per_process_memory_fraction(1.0)
    free, total = kind.mem_get_info()
    assert 0 < free <= total
    assert x.sum().item() == 1000


def test_seeds(kind, device):
    kind.manual_seed_all(5)
    a = pt.rand(3, device=device)
    pt.manual_seed(5)
    assert pt.equal(a.cpu(), pt.rand(3))
    states = kind.get_rng_state_all()
    b = pt.rand(3, device=device)
    kind.set_rng_state_all(states)
    assert len(states) == kind.device_count() and pt.equal(b, pt.rand(3, device=device))
    kind.seed_all()
    assert kind.initial_seed() == pt.initial_seed()


def test_the_host_has_streams_too():
    x = pt.ones(3)
    with pt.cpu.stream(pt.cpu.Stream()) as stream:
        y = x + 1
    stream.synchronize()
    event = pt.cpu.Event()
    event.record()
    assert event.query() and y.tolist() == [2, 2, 2] and _core.is_host("cpu")
