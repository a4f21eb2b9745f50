"""What the demo shows when training is done."""

import numpy as np
from rich.table import Table

import portico as pt

from .fashion_mnist import CLASSES


def confusion(labels, predictions):
    """counts[true class, predicted class]"""
    counts = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def confusion_table(counts):
    table = Table(title="confusion matrix: rows are true, columns predicted")
    table.add_column("")
    for name in CLASSES:
        table.add_column(name, justify="right")
    table.add_column("recall", justify="right")
    for true, row in enumerate(counts):
        cells = [
            f"[bold]{n}[/]" if true == column else (str(n) if n else "[dim].[/]")
            for column, n in enumerate(row)
        ]
        recall = row[true] / max(1, row.sum())
        table.add_row(CLASSES[true], *cells, f"{recall:.1%}")
    return table


def compiled_table(history):
    stats = pt.stats()
    last = max((i + 1 for i, n in enumerate(history.compiles) if n), default=0)
    first = history.step_seconds[0] if history.step_seconds else 0.0
    table = Table(title="what was compiled", show_header=False)
    rows = [
        ("programs compiled", f"{stats['compiles']}"),
        ("kernels compiled", f"{stats.get('kernels_compiled', 0)}"),
        ("time in the compiler", f"{stats['compile_ms']:,.0f} ms"),
        ("programs from the disk cache", f"{stats['disk_hits']}"),
        ("programs found in memory", f"{stats['memory_hits']:,}"),
        ("operations recorded", f"{stats['ops_recorded']:,}"),
        ("last training step that compiled", f"{last} of {len(history.losses)}"),
        ("first training step", f"{first * 1000:,.1f} ms"),
        ("a training step after that", f"{history.steady_step_ms():.2f} ms"),
        ("memory in use", _mib(stats["live_bytes"])),
        ("memory at its peak", _mib(stats["peak_bytes"])),
    ]  # fmt: skip
    for row in rows:
        table.add_row(*row)
    return table


def _mib(count):
    return f"{count / 2**20:,.0f} MiB"


def draw(path, history, images, labels, predictions, accuracy):
    """A PNG with the loss curve and the first test images with their predictions."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(11, 5.5))
    grid = figure.add_gridspec(4, 10)
    curve = figure.add_subplot(grid[:, :5])
    losses = np.array(history.losses)
    curve.plot(losses, color="#c0c8d0", linewidth=0.6, label="each step")
    width = max(1, len(losses) // 50)
    if len(losses) >= width:
        smooth = np.convolve(losses, np.ones(width) / width, "valid")
        curve.plot(np.arange(len(smooth)) + width / 2, smooth, color="#1f4e79", label="mean")
    curve.set_xlabel("training step")
    curve.set_ylabel("cross entropy")
    curve.set_title(f"test accuracy {accuracy:.4f}")
    curve.set_ylim(0, min(2.5, losses.max() if len(losses) else 1))
    curve.legend()
    for i in range(min(20, len(images))):
        cell = figure.add_subplot(grid[i // 5, 5 + i % 5])
        cell.imshow(images[i, 0], cmap="gray_r")
        cell.set_axis_off()
        right = labels[i] == predictions[i]
        cell.set_title(CLASSES[predictions[i]], fontsize=7, color="black" if right else "red")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
