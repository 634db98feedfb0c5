"""Training of the network that `models/whimbrel.weights` holds. See training/README.md."""
