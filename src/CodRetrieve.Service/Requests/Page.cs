namespace CodRetrieve.Service.Requests;

/// <summary>Part of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">What to give as <c>after</c> for those that follow; <see langword="null"/> at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
