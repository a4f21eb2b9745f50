"""The command line of the demo."""

import time

import numpy as np

import portico as pt

from . import fashion_mnist
from .models import MODELS

EPOCHS = 3
BATCH = 100
RATE = 0.004


def add_arguments(parser):
    parser.add_argument("--model", choices=sorted(MODELS), default="cnn")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"default {EPOCHS}")
    parser.add_argument("--batch", type=int, default=BATCH, help=f"default {BATCH}")
    parser.add_argument("--device", default=None, help="where to run, as in `portico devices`")
    parser.add_argument("--data", default=None, metavar="DIR", help="folder of Fashion-MNIST")
    parser.add_argument("--out", default="portico-demo.png", metavar="FILE", help="the picture")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=None, metavar="N", help="train on N images")


def _progress():
    from rich import progress

    return progress.Progress(
        progress.TextColumn("epoch {task.fields[epoch]}"),
        progress.BarColumn(bar_width=30),
        progress.MofNCompleteColumn(),
        progress.TextColumn("loss {task.fields[loss]:.3f}"),
        progress.TextColumn("{task.fields[rate]:>6,.0f} images/s"),
        progress.TimeRemainingColumn(),
    )


def run(arguments) -> int:
    """Trains, tests and reports; returns the exit status."""
    from rich.console import Console

    from .report import compiled_table, confusion, confusion_table, draw
    from .training import predict, train

    if arguments.epochs < 1 or arguments.batch < 2:
        raise SystemExit("portico demo: --epochs must be at least 1 and --batch at least 2")
    console = Console(width=None if Console().is_terminal else 110)
    folder = fashion_mnist.find(arguments.data)
    images, labels = fashion_mnist.load(folder, "train")
    test_images, test_labels = fashion_mnist.load(folder, "t10k")
    if arguments.limit is not None:
        images, labels = images[: arguments.limit], labels[: arguments.limit]
    pt.manual_seed(arguments.seed)

    def tensor(array):
        made = pt.tensor(array)
        return made if arguments.device is None else made.to(arguments.device)

    model = MODELS[arguments.model]()
    if arguments.device is not None:
        model.to(arguments.device)
    count = sum(p.numel() for p in model.parameters())
    console.print(
        f"{arguments.model} with {count:,} parameters on {next(model.parameters()).device}, "
        f"{len(images):,} images from {folder}"
    )
    x, y = tensor(images), tensor(labels.astype(np.int64))
    test_x = tensor(test_images)
    steps = len(images) // arguments.batch
    begin = time.perf_counter()

    def accuracy():
        predictions = predict(model, test_x)
        return predictions, float((predictions == test_labels).mean())

    with _progress() as bar:
        task = bar.add_task("", total=steps * arguments.epochs, epoch=1, loss=0.0, rate=0.0)
        seen = {"images": 0, "begin": time.perf_counter()}

        def on_step(epoch, step, loss, n):
            seen["images"] += n
            rate = seen["images"] / (time.perf_counter() - seen["begin"])
            bar.update(task, advance=1, epoch=epoch + 1, loss=loss, rate=rate)

        def on_epoch(epoch, history):
            _, share = accuracy()
            history.epoch_accuracy.append(share)
            recent = float(np.mean(history.losses[-steps:]))
            bar.console.print(
                f"epoch {epoch + 1}: loss {recent:.4f}, test accuracy {share:.4f}, "
                f"{history.steady_step_ms():.2f} ms a step"
            )
            seen.update(images=0, begin=time.perf_counter())

        history = train(
            model,
            x,
            y,
            epochs=arguments.epochs,
            batch=arguments.batch,
            rate=RATE,
            on_step=on_step,
            on_epoch=on_epoch,
        )
    seconds = time.perf_counter() - begin
    predictions, share = accuracy()
    console.print(confusion_table(confusion(test_labels, predictions)))
    console.print(compiled_table(history))
    try:
        draw(arguments.out, history, test_images, test_labels, predictions, share)
        console.print(f"loss curve and predictions: {arguments.out}")
    except ImportError:
        console.print("no picture: matplotlib is not installed; try pip install matplotlib")
    console.print(f"trained in {seconds:.1f} s")
    print(f"test accuracy: {share:.4f}")
    return 0
