namespace CodRetrieve.Dicom;

/// <summary>What an attribute is compared with.</summary>
internal enum ComparisonForm
{
    /// <summary>One value.</summary>
    Single,

    /// <summary>Any of several values (<c>in</c>).</summary>
    List,

    /// <summary>A range, its ends included (<c>between</c>).</summary>
    Between,
}
