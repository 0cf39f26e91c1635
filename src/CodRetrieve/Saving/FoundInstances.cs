namespace CodRetrieve.Saving;

/// <summary>What a directory holds in the places of a series' instances, whatever it is worth.</summary>
/// <param name="Files">What is there, by SOP Instance UID.</param>
/// <param name="Unlisted">The SOP Instance UIDs of further instances, which the series does not list.</param>
internal sealed record FoundInstances(Dictionary<string, FoundFile> Files, IReadOnlyList<string> Unlisted);
