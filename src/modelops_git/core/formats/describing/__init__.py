"""What files say about the model in them: framework, algorithm, interface. Nothing is judged or run."""
