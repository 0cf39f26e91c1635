namespace CodRetrieve.Service.Requests;

/// <summary>What a request asks for, besides its studies. Stores and destinations are names of the settings.</summary>
/// <param name="Store">The store.</param>
/// <param name="Destination">The destination.</param>
/// <param name="Selection">Which instances; <see langword="null"/> for all.</param>
/// <param name="Priority">From -100 to 100; a higher one goes first. Default 0.</param>
/// <param name="MaxShards">The shards of it that are enqueued or run at the same time; <see langword="null"/> for what the settings allow.</param>
internal sealed record NewRequest(string Store, string Destination, SelectionModel? Selection = null, int Priority = 0, int? MaxShards = null);
