"""Training on a device, as the demo does it."""

import numpy as np
import pytest

import portico as pt
from portico.demo.models import MODELS
from portico.demo.training import predict, train


def test_batches_of_data_on_a_device_stay_there(device):
    x, y = pt.arange(6, device=device), pt.arange(6)
    data = pt.utils.data.TensorDataset(x, y)
    batches = list(pt.utils.data.DataLoader(pt.utils.data.Subset(data, [5, 1, 3]), 2))
    assert [(a.device, b.device.type) for a, b in batches] == [(device, "cpu")] * 2
    assert [(a.tolist(), b.tolist()) for a, b in batches] == [([5, 1], [5, 1]), ([3], [3])]


@pytest.mark.parametrize("name", MODELS)
def test_the_demo_learns(name, device):
    """Ten classes that differ in which row of the image is bright."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 400)
    images = rng.integers(0, 60, (400, 1, 28, 28)).astype(np.uint8)
    images[np.arange(400), 0, labels * 2 + 4] = 255
    model = MODELS[name]().to(device)
    images = pt.tensor(images).to(device)
    history = train(
        model, images, pt.tensor(labels).to(device), epochs=3, batch=50, rate=0.004,
        on_step=lambda *_: None, on_epoch=lambda *_: None,
    )  # fmt: skip
    assert history.losses[-1] < 0.5 * history.losses[0]
    assert (predict(model, images) == labels).mean() > 0.9
    assert all(p.device == device for p in model.parameters())
