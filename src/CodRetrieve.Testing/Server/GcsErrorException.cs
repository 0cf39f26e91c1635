namespace CodRetrieve.Testing;

/// <summary>A response that GCS gives as an error.</summary>
internal sealed class GcsErrorException(int status, string reason, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Reason { get; } = reason;

    public static GcsErrorException NoSuchBucket() => new(404, "notFound", "The specified bucket does not exist.");

    public static GcsErrorException NoSuchObject(string bucket, string name) => new(404, "notFound", $"No such object: {bucket}/{name}");

    public static GcsErrorException Invalid(string parameter, string value) =>
        new(400, "invalid", $"Invalid value for '{parameter}': '{value}'.");
}
