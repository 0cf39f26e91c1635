using System.Collections.Concurrent;

namespace CodRetrieve.Catalog;

/// <summary>Keeps decoders, whose buffers and tables are costly, for the next index. Safe for several callers at once.</summary>
internal sealed class MetadataDecoderPool
{
    private readonly ConcurrentBag<MetadataDecoder> _free = [];

    public MetadataDecoder Take() => _free.TryTake(out var decoder) ? decoder : new MetadataDecoder();

    /// <summary>Takes a decoder back, unless as many are kept as are used at a time.</summary>
    public void Return(MetadataDecoder decoder)
    {
        if (_free.Count < Environment.ProcessorCount)
        {
            _free.Add(decoder);
        }
        else
        {
            decoder.Dispose();
        }
    }
}
