"""What each operation of SageMaker does with the state, and what it answers."""
