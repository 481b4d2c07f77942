"""The functions that queries in SQL may call, as sqlglot names them, and the types that they may cast to."""

from __future__ import annotations

_AGGREGATES = """
    AnyValue ApproxDistinct ApproxQuantile ArgMax ArgMin Avg Corr Count CountIf CovarPop CovarSamp First
    Kurtosis Last LogicalAnd LogicalOr Max Median Min Mode PercentileCont PercentileDisc Quantile RegrCount
    RegrIntercept RegrR2 RegrSlope Skewness Stddev StddevPop StddevSamp Sum Variance VariancePop
"""
_OF_ROWS = """
    CumeDist DenseRank FirstValue Lag LastValue Lead NthValue Ntile PercentRank Rank RowNumber Unnest
"""
_CHOICES = " And Array Case Cast Coalesce Exists Greatest If Least Nullif Or TryCast Xor "
_NUMBERS = " Abs Cbrt Ceil Exp Floor IsInf IsNan Ln Log Pow Round Sign Sqrt Trunc "
_TEXTS = """
    Contains EndsWith Left Length Lower RegexpExtract RegexpFullMatch RegexpLike Right SplitPart StartsWith
    StrPosition Substring Trim Upper
"""
_TIMES = """
    Date DateAdd DateBin DateDiff DateSub DateTrunc Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Extract
    Hour Minute Month Quarter Second TimeToUnix TimestampAdd TimestampDiff TimestampSub TimestampTrunc
    UnixToTime Week WeekOfYear Year
"""
_JSON = " JSONExtract JSONExtractScalar JSONType "

KNOWN = frozenset((_AGGREGATES + _OF_ROWS + _CHOICES + _NUMBERS + _TEXTS + _TIMES + _JSON).split())
"""Classes of sqlglot: what is computed from each, in each dialect, is no larger than what it is given."""
CALLED = frozenset({"favg", "fsum", "isfinite", "json_array_length", "json_valid", "mad"})
"""Functions that sqlglot hands on by name."""

_PARAMETER = "a parameter, which nobody gives"
REFUSED = {
    "DPipe": "||, which makes texts that grow",
    "Comprehension": "a list",
    "Into": "INTO, which makes a table",
    "Lock": "a lock",
    "Parameter": _PARAMETER,
    "Placeholder": _PARAMETER,
    "SessionParameter": _PARAMETER,
    "Pivot": "PIVOT; write out the columns",
    "Lambda": "a function of its own",
}
"""What is in no query, and how it is called."""

_SCALARS = """
    BIGINT BOOLEAN CHAR DATE DECIMAL DOUBLE FLOAT INT INT128 INTERVAL JSON SMALLINT TEXT TIME TIMESTAMP
    TIMESTAMPLTZ TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_S TINYINT UBIGINT UINT USMALLINT
    UTINYINT UUID VARCHAR
"""
SCALARS = frozenset(_SCALARS.split())
"""Types that hold one value, as sqlglot names them."""
