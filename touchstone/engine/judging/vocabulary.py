"""Names of the libraries candidates use, by what a call of that name does."""

from __future__ import annotations

FITS = frozenset({"fit", "fit_transform", "partial_fit", "fit_resample", "fit_predict"})
PREDICTS = frozenset(
    {"predict", "predict_proba", "predict_log_proba", "decision_function", "score"}
)
LOOKS_LIKE_A_CLASS = frozenset(
    {"DataFrame", "Series", "Path", "Counter", "OrderedDict", "Decimal", "Random", "RandomState"}
)
PREPARES = (
    *("scaler", "imputer", "pca", "vectorizer", "encoder", "selectk", "selectpercentile"),
    *("selectfrom", "discretizer", "transformer", "truncatedsvd", "smote", "sampler", "adasyn"),
    *("variancethreshold", "rfe", "featureagglomeration", "nmf", "fastica", "binarizer"),
)
STATELESS = (
    *("functiontransformer", "polynomialfeatures", "hashingvectorizer", "featurehasher"),
    *("additivechi2sampler",),
)
RESAMPLES = frozenset({"fit_resample"})
LEARNING_FUNCTIONS = frozenset(
    {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "zscore"}
    | {"power_transform", "qcut", "resample"}
)
STATISTICS = frozenset(
    {"mean", "std", "var", "median", "quantile", "percentile", "min", "max", "mode", "corr"}
    | {"nanmean", "nanstd", "nanmedian", "describe", "value_counts", "ptp", "average", "agg"}
    | {"corrcoef", "cov", "skew", "nanmin", "nanmax", "nanpercentile", "corrwith", "amax", "amin"}
)
COLLAPSES = STATISTICS | {"sum", "len", "shape", "count", "nunique", "any", "all", "argmax", "size"}
SOLVES = frozenset({"lstsq", "pinv", "solve", "polyfit", "curve_fit"})
GROUP_STATISTICS = STATISTICS | {"sum", "count", "size", "transform", "apply", "first", "last"}
CROSS = frozenset({"cross_val_score", "cross_validate", "cross_val_predict", "learning_curve"})
SEARCHES = frozenset(
    {"GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"}
)
METRICS = frozenset(
    {"accuracy_score", "f1_score", "mean_squared_error", "mean_absolute_error", "roc_auc_score"}
    | {"precision_score", "recall_score", "classification_report", "log_loss", "r2_score"}
    | {"balanced_accuracy_score", "confusion_matrix", "cohen_kappa_score", "fbeta_score"}
    | {"root_mean_squared_error", "matthews_corrcoef", "average_precision_score", "hamming_loss"}
    | {"precision_recall_fscore_support", "median_absolute_error", "brier_score_loss", "max_error"}
    | {"mean_absolute_percentage_error", "top_k_accuracy_score", "jaccard_score", "roc_curve"}
    | {"explained_variance_score", "mean_squared_log_error", "zero_one_loss", "ndcg_score"}
)
NEED_SEED = frozenset(
    {"train_test_split", "RandomForestClassifier", "RandomForestRegressor", "MLPClassifier"}
    | {"MLPRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor", "KMeans"}
    | {"SGDClassifier", "SGDRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor"}
    | {"BaggingClassifier", "BaggingRegressor", "ShuffleSplit", "StratifiedShuffleSplit"}
    | {"MiniBatchKMeans", "GroupShuffleSplit", "IsolationForest", "GaussianMixture", "TSNE"}
    | {"RandomizedSearchCV", "SMOTE", "ADASYN", "RandomOverSampler", "RandomUnderSampler"}
    | {"RepeatedKFold", "RepeatedStratifiedKFold", "resample", "permutation_importance"}
    | {"BorderlineSMOTE", "SMOTEENN", "SMOTETomek", "RandomTreesEmbedding", "make_classification"}
    | {"make_regression", "make_blobs", "make_moons", "Perceptron"}
)
NEED_SEED_IF_SHUFFLED = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold"})
DRAWS = frozenset(
    {"shuffle", "permutation", "choice", "choices", "sample", "normal", "randint", "rand"}
    | {"randn", "random", "uniform", "integers", "standard_normal", "permuted", "gauss", "ranf"}
    | {"random_sample", "binomial", "poisson", "exponential", "beta", "gamma", "randrange"}
    | {"multivariate_normal", "triangular", "betavariate", "normalvariate", "randperm", "laplace"}
)
GENERATORS = frozenset({"default_rng", "RandomState", "Random"})
CLOCKS = frozenset({"time", "time_ns", "now", "perf_counter", "urandom", "getpid", "monotonic"})
AUGMENTS = frozenset(
    {"flip", "fliplr", "flipud", "rot90", "rotate", "roll", "shift", "zoom", "affine_transform"}
    | {"warpAffine", "mirror", "hflip", "vflip", "GaussianBlur", "gaussian_filter", "random_crop"}
    | {"RandomRotation", "RandomHorizontalFlip", "ImageDataGenerator", "AffineTransform", "warp"}
)
ROWWISE = frozenset({"iterrows", "itertuples"})
ELEMENTWISE = frozenset({"apply", "map", "applymap"})
NUMERIC = frozenset({"abs", "float", "int", "round", "min", "max", "sum", "pow", "bool"})
NUMERIC_MODULES = ("math", "numpy")
INDEX_MAKERS = frozenset(
    {"KFold", "StratifiedKFold", "GroupKFold", "ShuffleSplit", "StratifiedShuffleSplit"}
    | {"RepeatedKFold", "RepeatedStratifiedKFold", "TimeSeriesSplit", "GroupShuffleSplit"}
    | {"StratifiedGroupKFold", "LeaveOneOut", "LeaveOneGroupOut", "PredefinedSplit", "LeavePOut"}
)
TABLE_READERS = frozenset(
    {"read_csv", "read_table", "read_excel", "read_json", "read_parquet", "read_feather"}
    | {"read_pickle", "read_sql", "read_sql_query"}
)
ARRAY_READERS = frozenset({"loadtxt", "genfromtxt"})
LINE_READERS = frozenset({"open", "reader", "DictReader", "read_text"})
BINARY_READERS = ("load", "fetch_", "imread")
FRAME_ATTRIBUTES = frozenset(
    {"values", "T", "loc", "iloc", "at", "iat", "str", "dt", "cat", "shape", "size", "columns"}
    | {"index", "dtypes", "ndim", "dtype", "flat", "real", "A", "best_score_", "sparse"}
)
EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit"})
