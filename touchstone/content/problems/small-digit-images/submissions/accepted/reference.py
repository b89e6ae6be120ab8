import numpy as np
import pandas as pd
from scipy.ndimage import shift
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

SIDE = 12
# Every other place of a chessboard is enough: a pixel off by one looks much the same.
MOVES = [(r, c) for r in range(-2, 3) for c in range(-2, 3) if (r + c) % 2 == 0]


def pictures(table):
    shades = [[int(shade, 16) for shade in text] for text in table["pixels"]]
    return np.array(shades, dtype=float).reshape(-1, SIDE, SIDE) / 15


train = pd.read_csv("train.csv", dtype=str)
test = pd.read_csv("test.csv", dtype=str)
scans, digits = pictures(train), train["digit"].to_numpy()

# Photos are moved and noisier than scans, so the held-out scans are made like photos as well.
x, held_x, y, held_y = train_test_split(
    scans, digits, test_size=0.25, stratify=digits, random_state=7
)
rng = np.random.default_rng(7)
held_x = held_x + rng.normal(0, 0.15, held_x.shape)
held_x = np.concatenate([shift(held_x, (0, *move), order=0) for move in MOVES[::4]])
held_y = np.tile(held_y, len(MOVES[::4]))
wide_x = np.concatenate([shift(x, (0, *move), order=0) for move in MOVES])
wide_y = np.tile(y, len(MOVES))
model = make_pipeline(PCA(25, random_state=7), SVC(C=5))
model.fit(wide_x.reshape(len(wide_x), -1), wide_y)
print(accuracy_score(held_y, model.predict(held_x.reshape(len(held_x), -1))))

every_x = np.concatenate([shift(scans, (0, *move), order=0) for move in MOVES])
model = make_pipeline(PCA(25, random_state=7), SVC(C=5))
model.fit(every_x.reshape(len(every_x), -1), np.tile(digits, len(MOVES)))
photos = pictures(test)
test["digit"] = model.predict(photos.reshape(len(photos), -1))
test[["id", "digit"]].to_csv("predictions.csv", index=False)
