namespace CodRetrieve.Service.Running;

/// <summary>A study of a shard that is not decided.</summary>
internal readonly record struct ShardStudy(int Number, string StudyInstanceUid);
