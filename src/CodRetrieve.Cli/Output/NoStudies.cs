using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Output;

/// <summary>A store without studies, for people.</summary>
internal static class NoStudies
{
    public static string Text(BucketChoice bucket) => $"{bucket} holds no studies. Check the prefix: the store has its studies in the folder 'studies' below it.";
}
