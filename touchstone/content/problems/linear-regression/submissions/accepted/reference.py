import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

NUMBERS = ["items", "classes", "length", "experience"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
prepare = ColumnTransformer(
    [
        ("numbers", SimpleImputer(strategy="median"), NUMBERS),
        ("kind", OneHotEncoder(handle_unknown="ignore"), ["kind"]),
    ]
)
model = make_pipeline(prepare, LinearRegression())
model.fit(train[[*NUMBERS, "kind"]], train["hours"])
predicted = model.predict(test[[*NUMBERS, "kind"]])
pd.DataFrame({"id": test["id"], "hours": predicted}).to_csv("predictions.csv", index=False)
