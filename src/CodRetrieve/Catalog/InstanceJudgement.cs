namespace CodRetrieve.Catalog;

/// <summary>What an instance's attributes say for its selection.</summary>
/// <param name="IsMet">Whether it meets the condition; <see langword="null"/> where that is not known.</param>
/// <param name="Number">Its Instance Number (0020,0013); <see langword="null"/> where there is none, or it is not asked for.</param>
internal readonly record struct InstanceJudgement(bool? IsMet, int? Number);
