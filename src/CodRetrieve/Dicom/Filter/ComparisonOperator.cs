namespace CodRetrieve.Dicom;

/// <summary>How a value is compared.</summary>
internal enum ComparisonOperator
{
    /// <summary><c>=</c>: the value, a pattern with wildcards, or a range of dates.</summary>
    Match,

    /// <summary><c>==</c>: exactly the value.</summary>
    Equal,

    Less,

    LessOrEqual,

    Greater,

    GreaterOrEqual,
}
