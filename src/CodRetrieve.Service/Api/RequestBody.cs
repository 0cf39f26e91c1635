using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Api;

/// <summary>
/// Reads the JSON of a new request while it arrives: the studies go into a spool one by one, so that a list of a million of them is never in memory.
/// </summary>
internal static class RequestBody
{
    private const int MaxOtherBytes = 1 << 20;

    /// <summary>Reads a body to its end.</summary>
    /// <exception cref="RequestRefusedException">It is no JSON, has a property that is none, or a study that is none.</exception>
    public static async Task<NewRequest> ReadAsync(PipeReader body, StudySpool studies, CancellationToken cancellationToken)
    {
        var parser = new Parser(studies);
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            SequencePosition consumed;
            try
            {
                consumed = parser.Parse(read.Buffer, read.IsCompleted);
            }
            catch (RequestRefusedException)
            {
                body.AdvanceTo(read.Buffer.End);
                throw;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // Text that is no UTF-8 is found when a string is taken out, and is no JsonException.
                body.AdvanceTo(read.Buffer.End);
                throw new RequestRefusedException(RefusalKind.Invalid, $"The body is no JSON that can be read, after byte {parser.BytesRead}.", e);
            }

            body.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted)
            {
                return parser.ToRequest();
            }
        }
    }

    private sealed class Parser(StudySpool studies)
    {
        private readonly ArrayBufferWriter<byte> _rest = new();
        private Utf8JsonWriter? _writer;
        private JsonReaderState _state;
        private bool _inStudies;
        private bool _isStudiesNext;
        private bool _isEnded;

        public long BytesRead { get; private set; }

        public SequencePosition Parse(ReadOnlySequence<byte> buffer, bool isFinal)
        {
            var reader = new Utf8JsonReader(buffer, isFinal, _state);
            _writer ??= new Utf8JsonWriter(_rest);
            while (reader.Read())
            {
                Take(ref reader);
            }

            _state = reader.CurrentState;
            BytesRead += reader.BytesConsumed;
            return reader.Position;
        }

        public NewRequest ToRequest()
        {
            if (!_isEnded)
            {
                throw new RequestRefusedException(RefusalKind.Invalid, "The body has to be a JSON object with store, destination and studies.");
            }

            _writer!.Flush();
            try
            {
                var request = JsonSerializer.Deserialize<NewRequest>(_rest.WrittenSpan, ApiJson.Strict) ?? throw new JsonException();
                return request.Store is null || request.Destination is null
                    ? throw new RequestRefusedException(RefusalKind.Invalid, "A request needs the name of a store and the name of a destination.")
                    : request;
            }
            catch (JsonException e)
            {
                throw new RequestRefusedException(
                    RefusalKind.Invalid,
                    $"The request cannot be read at {e.Path ?? "$"}. It has store, destination, studies, and optionally selection (where, series, instances, whole, unknown), priority and maxShards.",
                    e);
            }
        }

        // Everything but the studies is written out again, and read as a whole.
        private void Take(ref Utf8JsonReader reader)
        {
            if (_inStudies)
            {
                TakeStudy(ref reader);
                return;
            }

            if (_isStudiesNext)
            {
                _isStudiesNext = false;
                _inStudies = reader.TokenType == JsonTokenType.StartArray
                    ? true
                    : throw new RequestRefusedException(RefusalKind.Invalid, "studies has to be an array of Study Instance UIDs.");
                return;
            }

            if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                throw new RequestRefusedException(RefusalKind.Invalid, "The body has to be a JSON object with store, destination and studies.");
            }

            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("studies"u8))
            {
                _isStudiesNext = true;
                return;
            }

            Copy(ref reader);
            _isEnded = reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0;
            if (_writer!.BytesPending + _writer.BytesCommitted > MaxOtherBytes)
            {
                throw new RequestRefusedException(RefusalKind.TooLarge, "What the request holds besides its studies is larger than 1 MiB.");
            }
        }

        private void TakeStudy(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray:
                    _inStudies = false;
                    break;
                case JsonTokenType.String:
                    studies.Add(reader.GetString()!);
                    break;
                default:
                    throw new RequestRefusedException(RefusalKind.Invalid, "studies has to be an array of Study Instance UIDs, each a string.");
            }
        }

        private void Copy(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    _writer!.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    _writer!.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    _writer!.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    _writer!.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    _writer!.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.String:
                    _writer!.WriteStringValue(reader.GetString());
                    break;
                case JsonTokenType.Number:
                    _writer!.WriteRawValue(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    _writer!.WriteBooleanValue(reader.TokenType == JsonTokenType.True);
                    break;
                case JsonTokenType.Null:
                    _writer!.WriteNullValue();
                    break;
            }
        }
    }
}
