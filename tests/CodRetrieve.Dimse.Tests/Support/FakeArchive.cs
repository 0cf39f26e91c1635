using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>A storage SCP in the process, written against the standard and not with the client's code; its faults are properties.</summary>
internal sealed class FakeArchive : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exception> _violations = new();
    private readonly SemaphoreSlim _ended = new(0);
    private readonly Task _accepting;
    private int _associations;
    private int _concurrent;
    private int _stores;

    public FakeArchive()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What was received whole: SOP Instance UID and data set. Not kept where <see cref="Discard"/> is set.</summary>
    public ConcurrentQueue<(string SopInstance, byte[] DataSet)> Stored { get; } = new();

    public ConcurrentQueue<string[]> Proposals { get; } = new();

    public ConcurrentQueue<int> PduLengths { get; } = new();

    /// <summary>How associations ended: <c>release</c>, <c>abort</c>, or <c>closed</c>.</summary>
    public ConcurrentQueue<string> Ends { get; } = new();

    public int Associations => Volatile.Read(ref _associations);

    public int MaxConcurrent { get; private set; }

    public long BytesDiscarded { get; private set; }

    public uint MaxPduLength { get; init; } = 16_384;

    public bool Discard { get; init; }

    public X509Certificate2? Certificate { get; init; }

    public bool RequiresClientCertificate { get; init; }

    /// <summary>Held by an association while it is served, as by archives with one thread; others wait without a response.</summary>
    public SemaphoreSlim? Turn { get; init; }

    /// <summary>A whole A-ASSOCIATE response for the association of a number from 1; <see langword="null"/> to accept.</summary>
    public Func<int, byte[]?> OnAssociate { get; set; } = static _ => null;

    /// <summary>The result for a presentation context of a SOP class and transfer syntax.</summary>
    public Func<string, string, byte> OnContext { get; set; } = static (_, _) => 0;

    /// <summary>The status for the instance of a number from 1.</summary>
    public Func<int, ushort> OnStore { get; set; } = static _ => 0;

    /// <summary>Called for each fragment of a data set with its number in the message; bytes to send and then close the connection, or <see langword="null"/>.</summary>
    public Func<int, byte[]?> OnFragment { get; set; } = static _ => null;

    /// <summary>What comes in place of the response to the instance of a number from 1, given the right one.</summary>
    public Func<int, byte[], byte[]> OnResponse { get; set; } = static (_, response) => response;

    /// <summary>Waited for before each response.</summary>
    public Func<CancellationToken, Task> BeforeResponse { get; set; } = static _ => Task.CompletedTask;

    public DimseAddress Address => DimseAddress.Parse($"dicom://ARCHIVE@localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}?calling=TESTS&tls={Certificate is not null}");

    public static byte[] Pdu(byte type, params byte[] body)
    {
        var pdu = new byte[6 + body.Length];
        pdu[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.CopyTo(pdu, 6);
        return pdu;
    }

    public static byte[] Reject(byte result, byte source, byte reason) => Pdu(3, 0, result, source, reason);

    public static byte[] Fragment(byte context, byte control, params byte[] data)
    {
        var pdv = new byte[6 + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(pdv, (uint)data.Length + 2);
        (pdv[4], pdv[5]) = (context, control);
        data.CopyTo(pdv, 6);
        return pdv;
    }

    public static byte[] Command(ushort field, ushort messageId, ushort status)
    {
        byte[] elements = [.. Number(0x0100, field), .. Number(0x0120, messageId), .. Number(0x0800, 0x0101), .. Number(0x0900, status)];
        return [0, 0, 0, 0, 4, 0, 0, 0, (byte)elements.Length, 0, 0, 0, .. elements];
    }

    /// <summary>Waits until one more association, or connection, has ended.</summary>
    public Task EndedAsync() => _ended.WaitAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        Assert.Empty(_violations);
    }

    private static byte[] Number(ushort element, ushort value) => [0, 0, (byte)element, (byte)(element >> 8), 2, 0, 0, 0, (byte)value, (byte)(value >> 8)];

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        var end = "closed";
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            await using var owned = stream;
            if (Certificate is not null)
            {
                var encrypted = new SslStream(stream);
                await encrypted.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = Certificate,
                        ClientCertificateRequired = RequiresClientCertificate,
                        RemoteCertificateValidationCallback = (_, certificate, _, _) => !RequiresClientCertificate || certificate is not null,
                    }, _stop.Token);
                stream = encrypted;
            }

            await (Turn?.WaitAsync(_stop.Token) ?? Task.CompletedTask);
            end = await new Session(this, stream).RunAsync(_stop.Token);
            Turn?.Release();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            end = "closed";
        }
        catch (Exception e)
        {
            _violations.Enqueue(e);
        }

        Ends.Enqueue(end);
        _ended.Release();
    }

    private sealed class Session(FakeArchive archive, Stream stream)
    {
        private readonly Dictionary<byte, (string Class, string Syntax, byte Result)> _contexts = [];
        private readonly MemoryStream _command = new();
        private MemoryStream _dataSet = new();
        private int _fragments;

        public async Task<string> RunAsync(CancellationToken token)
        {
            var (type, body) = await ReadAsync(token);
            Assert.Equal(1, type);
            var number = Interlocked.Increment(ref archive._associations);
            ParseRequest(body);
            if (archive.OnAssociate(number) is { } response)
            {
                await stream.WriteAsync(response, token);
                return "rejected";
            }

            lock (archive._listener)
            {
                archive.MaxConcurrent = Math.Max(archive.MaxConcurrent, ++archive._concurrent);
            }

            try
            {
                await stream.WriteAsync(Accept(), token);
                return await ServeAsync(token);
            }
            finally
            {
                lock (archive._listener)
                {
                    archive._concurrent--;
                }
            }
        }

        private async Task<string> ServeAsync(CancellationToken token)
        {
            while (true)
            {
                var (type, body) = await ReadAsync(token);
                switch (type)
                {
                    case 4:
                        if (await DataAsync(body, token))
                        {
                            return "closed by the archive";
                        }

                        break;
                    case 5:
                        await stream.WriteAsync(Pdu(6, 0, 0, 0, 0), token);
                        return "release";
                    case 7:
                        Assert.Equal(4, body.Length);
                        return "abort";
                    default:
                        throw new InvalidOperationException($"PDU type {type}.");
                }
            }
        }

        private async Task<bool> DataAsync(byte[] body, CancellationToken token)
        {
            archive.PduLengths.Enqueue(body.Length);
            while (archive.PduLengths.Count > 1000 && archive.PduLengths.TryDequeue(out _))
            {
            }

            Assert.True(archive.MaxPduLength == 0 || body.Length <= archive.MaxPduLength, $"A PDU of {body.Length} bytes.");
            Assert.Equal((uint)body.Length - 4, BinaryPrimitives.ReadUInt32BigEndian(body));
            Assert.True(body.Length % 2 == 0, "A fragment with an odd number of bytes.");
            var context = _contexts[body[4]];
            Assert.Equal(0, context.Result);
            var (isCommand, isLast) = ((body[5] & 1) != 0, (body[5] & 2) != 0);
            if (isCommand)
            {
                _command.Write(body.AsSpan(6));
                return isLast && Field(0x0800) == 0x0101 && await RespondAsync(body[4], token);
            }

            if (archive.OnFragment(++_fragments) is { } fault)
            {
                await stream.WriteAsync(fault, token);
                return true;
            }

            if (archive.Discard)
            {
                archive.BytesDiscarded += body.Length - 6;
            }
            else
            {
                _dataSet.Write(body.AsSpan(6));
            }

            return isLast && await RespondAsync(body[4], token);
        }

        private async Task<bool> RespondAsync(byte context, CancellationToken token)
        {
            var (field, id) = (Field(0x0100)!.Value, Field(0x0110)!.Value);
            var (status, number) = ((ushort)0, 0);
            if (field == 1)
            {
                number = Interlocked.Increment(ref archive._stores);
                status = archive.OnStore(number);
                Assert.Equal(_contexts[context].Class, Text(0x0002));
                if (status is 0 or >= 0xB000 and < 0xC000)
                {
                    archive.Stored.Enqueue((Text(0x1000), _dataSet.ToArray()));
                }
            }

            _command.SetLength(0);
            _dataSet = new MemoryStream();
            _fragments = 0;
            await archive.BeforeResponse(token);
            var right = Pdu(4, Fragment(context, 3, Command((ushort)(field | 0x8000), id, status)));
            var response = archive.OnResponse(number, right);
            await stream.WriteAsync(response, token);
            return !ReferenceEquals(response, right) && response.Length == 0;
        }

        private ushort? Field(ushort element) => Value(element) is { } value ? BinaryPrimitives.ReadUInt16LittleEndian(value) : null;

        private string Text(ushort element) => Encoding.ASCII.GetString(Value(element)!).TrimEnd('\0');

        private byte[]? Value(ushort wanted)
        {
            var rest = _command.ToArray().AsSpan();
            while (rest.Length > 0)
            {
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
                Assert.Equal(0, length % 2);
                if (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) == wanted)
                {
                    return rest.Slice(8, length).ToArray();
                }

                rest = rest[(8 + length)..];
            }

            return null;
        }

        private void ParseRequest(byte[] body)
        {
            Assert.Equal("ARCHIVE         TESTS           ", Encoding.ASCII.GetString(body, 4, 32));
            for (var rest = body.AsSpan(68); rest.Length > 0;)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                var value = rest.Slice(4, length);
                if (rest[0] == 0x20)
                {
                    var classLength = BinaryPrimitives.ReadUInt16BigEndian(value[6..]);
                    var (sopClass, syntax) = (Encoding.ASCII.GetString(value.Slice(8, classLength)), Encoding.ASCII.GetString(value[(12 + classLength)..]));
                    Assert.True(value[0] % 2 == 1);
                    _contexts.Add(value[0], (sopClass, syntax, archive.OnContext(sopClass, syntax)));
                }

                rest = rest[(4 + length)..];
            }

            archive.Proposals.Enqueue([.. _contexts.Values.Select(context => $"{context.Class} {context.Syntax}")]);
        }

        private byte[] Accept()
        {
            var items = new List<byte>();
            items.AddRange(Item(0x10, "1.2.840.10008.3.1.1.1"u8.ToArray()));
            foreach (var (id, (_, syntax, result)) in _contexts)
            {
                items.AddRange(Item(0x21, [id, 0, result, 0, .. Item(0x40, Encoding.ASCII.GetBytes(syntax))]));
            }

            var length = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(length, archive.MaxPduLength);
            items.AddRange(Item(0x50, [.. Item(0x51, length), .. Item(0x52, "1.2.3"u8.ToArray())]));
            return Pdu(2, [0, 1, 0, 0, .. new byte[64], .. items]);
        }

        private static byte[] Item(byte type, byte[] value) => [type, 0, (byte)(value.Length >> 8), (byte)value.Length, .. value];

        private async Task<(byte Type, byte[] Body)> ReadAsync(CancellationToken token)
        {
            var header = new byte[6];
            await stream.ReadExactlyAsync(header, token);
            var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
            await stream.ReadExactlyAsync(body, token);
            return (header[0], body);
        }
    }
}
