using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Output;

/// <summary>A study that was asked for and is not there, for people.</summary>
internal static class MissingStudy
{
    public static string Text(string study, BucketChoice bucket) =>
        $"The study {study} does not exist in {bucket}. Check the UID and the prefix, and that the login may see it.";
}
