"""Takes the mean over all classes, those that never occur included."""

import numpy as np


class ConfusionMetrics:
    def __init__(self, classes):
        self.classes = classes
        self.counts = np.zeros((classes, classes + 1), dtype=np.int64)

    def update(self, truth, predicted):
        labelled = truth >= 0
        truth, predicted = truth[labelled], predicted[labelled]
        column = np.where(predicted < 0, self.classes, predicted)
        cells = truth * (self.classes + 1) + column
        self.counts += np.bincount(cells, minlength=self.counts.size).reshape(self.counts.shape)

    def merge(self, other):
        self.counts += other.counts

    def matrix(self):
        return self.counts.copy()

    def per_class(self):
        right = np.diagonal(self.counts).astype(float)
        given = self.counts[:, : self.classes].sum(axis=0)
        real = self.counts.sum(axis=1)
        precision = np.divide(right, given, out=np.zeros(self.classes), where=given > 0)
        recall = np.divide(right, real, out=np.zeros(self.classes), where=real > 0)
        both = given + real
        f1 = np.divide(2 * right, both, out=np.zeros(self.classes), where=both > 0)
        return precision, recall, f1

    def macro_f1(self):
        return float(self.per_class()[2].mean())

    def worst(self, most):
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        truth, column = np.nonzero(wrong)
        counts = wrong[truth, column]
        order = np.lexsort((column, truth, -counts))[:most]
        shown = np.where(column == self.classes, -1, column)
        return [(int(truth[i]), int(shown[i]), int(counts[i])) for i in order]
