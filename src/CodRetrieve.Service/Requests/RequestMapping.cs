using System.Text.Json;
using System.Text.Json.Serialization;
using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>Rows of the ledger as callers see them.</summary>
internal static class RequestMapping
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;

    public static SelectionModel? Selection(string? json) => json is null ? null : JsonSerializer.Deserialize<SelectionModel>(json, Json);

    public static string? ToJson(SelectionModel? selection) => selection is null ? null : JsonSerializer.Serialize(selection, Json);

    public static AuditRecord Of(AuditEntity entry) => new(
        entry.Id, DateTimeOffset.FromUnixTimeMilliseconds(entry.At), entry.Actor, entry.Tenant, entry.Action, entry.RequestId, entry.Detail);

    public static StudyRecord Of(StudyEntity study) => new(
        study.RequestId, study.Number, study.StudyInstanceUid, study.State, study.Reason, study.Message,
        study.InstancesSaved, study.InstancesSkipped, study.BytesSaved, Time(study.EndedAt));

    public static RequestDetails Of(RequestEntity request, InHand inHand, long now) => new(
        request.Id, request.State, request.Store, request.Destination, Selection(request.Selection), request.Priority, request.MaxShards,
        request.CreatedBy, DateTimeOffset.FromUnixTimeMilliseconds(request.CreatedAt), Time(request.StartedAt), Time(request.EndedAt),
        new StudyCounts(request.StudyCount, request.StudiesSaved, request.StudiesFailed), inHand.Shards, inHand.Running, request.ShardCount,
        request.InstancesSaved, request.BytesSaved, request.BytesReceived, inHand.BytesPerSecond, EstimatedEnd(request, now));

    private static DateTimeOffset? EstimatedEnd(RequestEntity request, long now)
    {
        var decided = request.StudiesSaved + request.StudiesFailed;
        return request is { State: RequestState.Running, StartedAt: { } started } && decided > 0 && now > started
            ? Time(now + (long)((double)(now - started) / decided * (request.StudyCount - decided)))
            : null;
    }
}
