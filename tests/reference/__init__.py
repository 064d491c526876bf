"""The slow, obvious writing of the decision, against which the engine is compared."""
