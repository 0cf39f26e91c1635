using BenchmarkDotNet.Attributes;
using CodRetrieve.IO;

namespace CodRetrieve.Benchmarks.Micro;

/// <summary>The checksum of every byte that is fetched.</summary>
public class Crc32CBenchmark
{
    private byte[] _bytes = [];

    [Params(512, 32 * 1024, 256 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bytes = new byte[Bytes];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Append() => Crc32C.Append(0, _bytes);
}
