"""Training and testing: the loop that a user would write."""

import time
from dataclasses import dataclass, field

import numpy as np

import portico as pt
from portico.nn import functional as F

from .fashion_mnist import DEVIATION, MEAN


@dataclass
class History:
    """What happened in training."""

    losses: list = field(default_factory=list)
    step_seconds: list = field(default_factory=list)
    epoch_accuracy: list = field(default_factory=list)
    #: programs compiled in each step, to show when they end
    compiles: list = field(default_factory=list)

    def steady_step_ms(self):
        """Median step time without the first steps, which compile."""
        steady = self.step_seconds[len(self.step_seconds) // 4 :]
        return 1000 * float(np.median(steady)) if steady else 0.0


def normalised(images):
    return (images.float() * (1 / 255.0) - MEAN) * (1 / DEVIATION)


def train(model, images, labels, *, epochs, batch, rate, on_step, on_epoch):
    """Adam with one cycle of the learning rate. `on_step(epoch, step, loss, images)` after each."""
    history = History()
    data = pt.utils.data.TensorDataset(images, labels)
    loader = pt.utils.data.DataLoader(data, batch, shuffle=True, drop_last=True)
    optimizer = pt.optim.Adam(model.parameters(), lr=rate)
    steps = epochs * len(loader)
    schedule = pt.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for epoch in range(epochs):
        model.train()
        for step, (x, y) in enumerate(loader):
            begin, compiled = time.perf_counter(), pt.stats()["compiles"]
            loss = F.cross_entropy(model(normalised(x)), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            history.losses.append(loss.item())
            history.step_seconds.append(time.perf_counter() - begin)
            history.compiles.append(pt.stats()["compiles"] - compiled)
            on_step(epoch, step, history.losses[-1], len(x))
        on_epoch(epoch, history)
    return history


def predict(model, images, batch=500):
    """The most likely class of each image."""
    model.eval()
    data = pt.utils.data.TensorDataset(images)
    with pt.no_grad():
        found = [
            model(normalised(x)).argmax(1).numpy(force=True)
            for (x,) in pt.utils.data.DataLoader(data, batch)
        ]
    return np.concatenate(found)
