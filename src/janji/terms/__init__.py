"""The vocabulary: the words of the law and of the field, as values that everything else speaks in."""
