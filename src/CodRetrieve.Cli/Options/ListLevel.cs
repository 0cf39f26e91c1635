namespace CodRetrieve.Cli.Options;

/// <summary>What a line of a listing is about.</summary>
internal enum ListLevel
{
    Study,
    Series,
    Instance,
}
