namespace CodRetrieve.Catalog;

/// <summary>A study that was asked for.</summary>
/// <param name="Position">Its place among those asked for, from 0: the order in which results are given.</param>
/// <param name="StudyInstanceUid">Its UID.</param>
internal readonly record struct StudyRequest(int Position, string StudyInstanceUid);
