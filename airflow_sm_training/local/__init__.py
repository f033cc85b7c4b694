"""A SageMaker training endpoint on your own machine (extra: ``local``)."""
