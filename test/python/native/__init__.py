"""The native module: what is recorded, when it runs, what comes out."""
