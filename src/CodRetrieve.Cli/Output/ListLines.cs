using System.Text.Json.Serialization;

namespace CodRetrieve.Cli.Output;

/// <summary>A study of a listing, as a line of JSON.</summary>
internal sealed record StudyLine
{
    public required string Study { get; init; }

    public required int Series { get; init; }

    /// <summary>Those that are selected; absent where no index was read.</summary>
    public int? Instances { get; init; }

    public long? InstanceBytes { get; init; }

    public required long TarBytes { get; init; }

    public required IReadOnlyDictionary<string, long> TarBytesByStorageClass { get; init; }

    public DateTimeOffset? Updated { get; init; }

    public required int SeriesWithProblems { get; init; }

    /// <summary>What of the study could not be listed.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    public static StudyLine Of(ListedStudy study) => new()
    {
        Study = study.StudyInstanceUid,
        Series = study.Series.Count,
        Instances = study.InstanceCount,
        InstanceBytes = study.InstanceBytes,
        TarBytes = study.TarBytes,
        TarBytesByStorageClass = study.TarBytesByStorageClass,
        Updated = study.UpdatedAt,
        SeriesWithProblems = study.SeriesWithProblems,
        Errors = [.. study.Failures.Select(static failure => failure.ToString())],
    };
}

/// <summary>A series of a listing, as a line of JSON.</summary>
internal sealed record SeriesLine
{
    public required string Study { get; init; }

    public required string Series { get; init; }

    public int? Instances { get; init; }

    public long? InstanceBytes { get; init; }

    public long? TarBytes { get; init; }

    public string? TarStorageClass { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>The name of the <see cref="SeriesProblem"/>; absent for none.</summary>
    public string? Problem { get; init; }

    public required IReadOnlyList<string> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public static SeriesLine Of(string study, ListedSeries series) => new()
    {
        Study = study,
        Series = series.SeriesInstanceUid,
        Instances = series.InstanceCount,
        InstanceBytes = series.InstanceBytes,
        TarBytes = series.TarBytes,
        TarStorageClass = series.TarStorageClass,
        Updated = series.UpdatedAt,
        Problem = series.Problem == SeriesProblem.None ? null : Json.NameOf(series.Problem),
        Errors = series.ProblemCause is { } cause ? [cause.Message, .. series.EntryProblems] : series.EntryProblems,
        Warnings = series.Warnings,
    };
}

/// <summary>An instance of a listing, as a line of JSON.</summary>
internal sealed record InstanceLine
{
    public required string Study { get; init; }

    public required string Series { get; init; }

    public required string Instance { get; init; }

    public long? Bytes { get; init; }

    public string? Crc32c { get; init; }

    public required string Uri { get; init; }

    public static InstanceLine Of(InstanceInfo instance) => new()
    {
        Study = instance.Series.StudyInstanceUid,
        Series = instance.Series.SeriesInstanceUid,
        Instance = instance.SopInstanceUid,
        Bytes = instance.SizeBytes,
        Crc32c = Crc32cText.Of(instance.Crc32c),
        Uri = instance.Uri,
    };
}

/// <summary>How the lines are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StudyLine))]
[JsonSerializable(typeof(SeriesLine))]
[JsonSerializable(typeof(InstanceLine))]
internal sealed partial class ListJson : JsonSerializerContext;
