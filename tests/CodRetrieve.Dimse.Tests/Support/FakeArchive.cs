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
    private const string Commitment = "1.2.840.10008.1.20.1";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exception> _violations = new();
    private readonly SemaphoreSlim _ended = new(0);
    private readonly Task _accepting;
    private int _associations;
    private int _concurrent;
    private readonly ConcurrentBag<Task> _reporting = [];
    private int _stores;
    private int _finds;
    private long _discarded;
    private int _actions;
    private byte[]? _heldReport;

    public FakeArchive(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
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

    public long BytesDiscarded => Volatile.Read(ref _discarded);

    public uint MaxPduLength { get; init; } = 16_384;

    public bool Discard { get; init; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Sent with the certificate, so that its chain can be built.</summary>
    public X509Certificate2? Intermediate { get; init; }

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

    /// <summary>What a C-FIND finds, by study, series and SOP Instance UID (empty: any); null for what is stored.</summary>
    public Func<string, string, string, IEnumerable<(string SopClass, string SopInstance)>>? OnFind { get; set; }

    /// <summary>The last status of the C-FIND of a number from 1.</summary>
    public Func<int, ushort> FindStatus { get; set; } = static _ => 0;

    /// <summary>The status of each match.</summary>
    public ushort PendingStatus { get; init; } = 0xFF00;

    /// <summary>Whether the final responses to C-FIND and N-ACTION have a data set, which they should not.</summary>
    public bool HasStrayDataSets { get; init; }

    public int Finds => Volatile.Read(ref _finds);

    /// <summary>The status of the N-ACTION of a number from 1.</summary>
    public Func<int, ushort> ActionStatus { get; set; } = static _ => 0;

    public int Actions => Volatile.Read(ref _actions);

    /// <summary>The numbers of instances that storage commitment was requested for.</summary>
    public ConcurrentQueue<int> ActionSizes { get; } = new();

    /// <summary>The reason why an instance is not committed, by the number of the N-ACTION; 0 to commit, <see langword="null"/> to mention it nowhere.</summary>
    public Func<int, string, ushort?>? OnCommit { get; set; }

    public ReportPath Reports { get; set; } = ReportPath.SameAssociation;

    /// <summary>The port of the other side for <see cref="ReportPath.OwnAssociation"/>.</summary>
    public Func<int> ReportPort { get; set; } = static () => throw new InvalidOperationException("No port.");

    /// <summary>The certificate of the other side where it reports over TLS.</summary>
    public bool ReportsOverTls { get; set; }

    /// <summary>The statuses of the responses to reports.</summary>
    public ConcurrentQueue<ushort> ReportStatuses { get; } = new();

    /// <summary>Waited for before each report.</summary>
    public Func<CancellationToken, Task> BeforeReport { get; set; } = static _ => Task.CompletedTask;

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

    /// <summary>An element in Implicit VR Little Endian.</summary>
    public static byte[] Element(uint tag, params byte[] value)
    {
        var element = new byte[8 + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(element.AsSpan(2), (ushort)tag);
        BinaryPrimitives.WriteUInt32LittleEndian(element.AsSpan(4), (uint)value.Length);
        value.CopyTo(element, 8);
        return element;
    }

    public static byte[] Uid(uint tag, string uid) => Element(tag, Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + '\0'));

    /// <summary>The event information of an N-EVENT-REPORT.</summary>
    public static byte[] Report(string transaction, IEnumerable<(string Class, string Instance)> committed, IEnumerable<(string Class, string Instance, ushort Reason)> failed)
    {
        byte[] good = [.. committed.SelectMany(one => Element(0xFFFE_E000, [.. Uid(0x0008_1150, one.Class), .. Uid(0x0008_1155, one.Instance)]))];
        byte[] bad = [.. failed.SelectMany(one => Element(0xFFFE_E000, [.. Uid(0x0008_1150, one.Class), .. Uid(0x0008_1155, one.Instance), .. Element(0x0008_1197, (byte)one.Reason, (byte)(one.Reason >> 8))]))];

        // One sequence with its length, one with a delimiter: both are allowed.
        return [
            .. Uid(0x0008_1195, transaction),
            .. bad.Length == 0 ? [] : Element(0x0008_1198, bad),
            0x08, 0, 0x99, 0x11, 0xFF, 0xFF, 0xFF, 0xFF, .. good, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
    }

    public static byte[] ReportCommand(ushort eventType = 1)
    {
        byte[] elements = [
            .. Uid(0x0002, Commitment), .. Number(0x0100, 0x0100), .. Number(0x0110, 77), .. Number(0x0800, 0), .. Uid(0x1000, "1.2.840.10008.1.20.1.1"), .. Number(0x1002, eventType)];
        return [0, 0, 0, 0, 4, 0, 0, 0, (byte)elements.Length, 0, 0, 0, .. elements];
    }

    /// <summary>Makes an association of its own, and reports on it.</summary>
    public async Task ReportAsync(byte[] information, ushort eventType, CancellationToken token)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, ReportPort(), token);
        Stream stream = client.GetStream();
        if (ReportsOverTls)
        {
            var encrypted = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
            await encrypted.AuthenticateAsClientAsync("localhost");
            stream = encrypted;
        }

        await using var owned = stream;
        byte[] roles = [0, (byte)Commitment.Length, .. Encoding.ASCII.GetBytes(Commitment), 0, 1];
        byte[] items = [
            .. Item(0x10, "1.2.840.10008.3.1.1.1"u8.ToArray()),
            .. Item(0x20, [1, 0, 0, 0, .. Item(0x30, Encoding.ASCII.GetBytes(Commitment)), .. Item(0x40, "1.2.840.10008.1.2.1"u8.ToArray()), .. Item(0x40, "1.2.840.10008.1.2"u8.ToArray())]),
            .. Item(0x20, [3, 0, 0, 0, .. Item(0x30, "1.2.840.10008.5.1.4.1.1.2"u8.ToArray()), .. Item(0x40, "1.2.840.10008.1.2"u8.ToArray())]),
            .. Item(0x50, [.. Item(0x51, [0, 0, 0x40, 0]), .. Item(0x52, "1.2.3"u8.ToArray()), .. Item(0x54, roles)])];
        await stream.WriteAsync(Pdu(1, [0, 1, 0, 0, .. Encoding.ASCII.GetBytes("TESTS           ARCHIVE         "), .. new byte[32], .. items]), token);
        var (type, accept) = await ReadPduAsync(stream, token);
        Assert.Equal(2, type);
        Assert.Equal("TESTS           ARCHIVE         ", Encoding.ASCII.GetString(accept, 4, 32));
        Assert.True(accept.AsSpan().IndexOf(Item(0x54, roles)) > 0, "The role of an SCP is not accepted.");
        Assert.True(accept.AsSpan().IndexOf([.. Item(0x21, [1, 0, 0, 0, .. Item(0x40, "1.2.840.10008.1.2"u8.ToArray())])]) > 0, "The context is not accepted.");
        Assert.True(accept.AsSpan().IndexOf(new byte[] { 0x21, 0, 0, 25, 3, 0, 3, 0 }) > 0, "Storage is not rejected.");
        await SendReportAsync(stream, information, eventType, token);
        var (_, response) = await ReadPduAsync(stream, token);
        ReportStatuses.Enqueue(BinaryPrimitives.ReadUInt16LittleEndian(Value(response.AsSpan(6), 0x0900)!));
        await stream.WriteAsync(Pdu(5, 0, 0, 0, 0), token);
        Assert.Equal(6, (await ReadPduAsync(stream, token)).Type);
    }

    private static async Task SendReportAsync(Stream stream, byte[] information, ushort eventType, CancellationToken token, byte context = 1)
    {
        await stream.WriteAsync(Pdu(4, Fragment(context, 3, ReportCommand(eventType))), token);
        for (var at = 0; at < information.Length; at += 10_000)
        {
            var last = at + 10_000 >= information.Length;
            await stream.WriteAsync(Pdu(4, Fragment(context, last ? (byte)2 : (byte)0, information[at..Math.Min(at + 10_000, information.Length)])), token);
        }
    }

    private static byte[] Item(byte type, byte[] value) => [type, 0, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    private static async Task<(byte Type, byte[] Body)> ReadPduAsync(Stream stream, CancellationToken token)
    {
        var header = new byte[6];
        await stream.ReadExactlyAsync(header, token);
        var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
        await stream.ReadExactlyAsync(body, token);
        return (header[0], body);
    }

    private static byte[]? Value(ReadOnlySpan<byte> rest, uint wanted)
    {
        while (rest.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            Assert.Equal(0, length % 2);
            if (((uint)BinaryPrimitives.ReadUInt16LittleEndian(rest) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(rest[2..])) == wanted)
            {
                return rest.Slice(8, length).ToArray();
            }

            rest = rest[(8 + length)..];
        }

        return null;
    }

    private static string Text(byte[]? value) => Encoding.ASCII.GetString(value ?? []).TrimEnd('\0', ' ');

    /// <summary>Waits until one more association, or connection, has ended.</summary>
    public Task EndedAsync() => _ended.WaitAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_reporting);
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
                        ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, Intermediate is null ? null : [Intermediate], offline: true),
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
                if (Interlocked.Exchange(ref archive._heldReport, null) is { } report)
                {
                    await SendReportAsync(stream, report, 1, token);
                }

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
                Interlocked.Add(ref archive._discarded, body.Length - 6);
            }
            else
            {
                _dataSet.Write(body.AsSpan(6));
            }

            return isLast && await RespondAsync(body[4], token);
        }

        private async Task<bool> RespondAsync(byte context, CancellationToken token)
        {
            var (field, id) = (Field(0x0100)!.Value, Field(0x0110).GetValueOrDefault());
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

            var dataSet = _dataSet.ToArray();
            var isReport = field == 0x8100;
            if (isReport)
            {
                archive.ReportStatuses.Enqueue(Field(0x0900)!.Value);
            }

            _command.SetLength(0);
            _dataSet = new MemoryStream();
            _fragments = 0;
            if (isReport)
            {
                return false;
            }

            if (field == 0x20)
            {
                status = await FindAsync(context, id, dataSet, token);
            }
            else if (field == 0x130)
            {
                return await CommitAsync(context, id, dataSet, token);
            }

            await archive.BeforeResponse(token);
            var right = Final(context, (ushort)(field | 0x8000), id, status);
            var response = archive.OnResponse(number, right);
            await stream.WriteAsync(response, token);
            return !ReferenceEquals(response, right) && response.Length == 0;
        }

        private async Task<ushort> FindAsync(byte context, ushort id, byte[] identifier, CancellationToken token)
        {
            var status = archive.FindStatus(Interlocked.Increment(ref archive._finds));
            Assert.Equal("IMAGE", FakeArchive.Text(Value(identifier, 0x0008_0052)));
            var (study, series, instance) = (FakeArchive.Text(Value(identifier, 0x0020_000D)), FakeArchive.Text(Value(identifier, 0x0020_000E)), FakeArchive.Text(Value(identifier, 0x0008_0018)));
            Assert.True(study.Length > 0 && series.Length > 0, "The unique keys above the level are missing (PS3.4, C.4.1.2.1).");
            var found = archive.OnFind is { } find ? find(study, series, instance) : archive.Stored
                .Where(one => (instance.Length == 0 || one.SopInstance == instance) && PartTen.Uid(one.DataSet, 0x0020_000D) == study && PartTen.Uid(one.DataSet, 0x0020_000E) == series)
                .Select(one => (PartTen.Uid(one.DataSet, 0x0008_0016)!, one.SopInstance));
            foreach (var (sopClass, sopInstance) in found)
            {
                byte[] match = [
                    .. sopClass.Length == 0 ? [] : Uid(0x0008_0016, sopClass), .. Uid(0x0008_0018, sopInstance), .. Element(0x0008_0052, "IMAGE "u8.ToArray()),
                    .. Uid(0x0020_000D, study), .. Uid(0x0020_000E, series)];

                // Some archives put both into one PDU, some into one each.
                var (head, body) = (Fragment(context, 3, WithDataSet(Command(0x8020, id, archive.PendingStatus))), Fragment(context, 2, match));
                await stream.WriteAsync(sopInstance.Length % 2 == 0 ? Pdu(4, [.. head, .. body]) : [.. Pdu(4, head), .. Pdu(4, body)], token);
            }

            return status;
        }

        private static byte[] WithDataSet(byte[] command)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(command.AsSpan(command.AsSpan().IndexOf(Number(0x0800, 0x0101)) + 8), 1);
            return command;
        }

        private byte[] Final(byte context, ushort field, ushort id, ushort status) => archive.HasStrayDataSets && field is (0x8020 or 0x8130)
            ? [.. Pdu(4, Fragment(context, 3, WithDataSet(Command(field, id, status)))), .. Pdu(4, Fragment(context, 2, Uid(0x0008_0018, "1.2.9")))]
            : Pdu(4, Fragment(context, 3, Command(field, id, status)));

        private async Task<bool> CommitAsync(byte context, ushort id, byte[] information, CancellationToken token)
        {
            var number = Interlocked.Increment(ref archive._actions);
            var transaction = FakeArchive.Text(Value(information, 0x0008_1195));
            Assert.StartsWith("2.25.", transaction, StringComparison.Ordinal);
            var (good, bad) = (new List<(string, string)>(), new List<(string, string, ushort)>());
            var rest = Value(information, 0x0008_1199)!.AsSpan();
            var count = 0;
            for (; rest.Length > 0; count++)
            {
                var item = rest.Slice(8, (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..])).ToArray();
                rest = rest[(8 + item.Length)..];
                var (sopClass, uid) = (FakeArchive.Text(Value(item, 0x0008_1150)), FakeArchive.Text(Value(item, 0x0008_1155)));
                var isThere = archive.Stored.Any(one => one.SopInstance == uid && PartTen.Uid(one.DataSet, 0x0008_0016) == sopClass);
                switch (archive.OnCommit is { } judge ? judge(number, uid) : isThere ? (ushort)0 : (ushort)0x0112)
                {
                    case 0:
                        good.Add((sopClass, uid));
                        break;
                    case { } reason:
                        bad.Add((sopClass, uid, reason));
                        break;
                }
            }

            archive.ActionSizes.Enqueue(count);
            var (report, eventType) = (Report(transaction, good, bad), bad.Count > 0 ? (ushort)2 : (ushort)1);
            var status = archive.ActionStatus(number);
            var response = Final(context, 0x8130, id, status);
            if (status != 0 || archive.Reports == ReportPath.None)
            {
                await stream.WriteAsync(response, token);
                return false;
            }

            if (archive.Reports == ReportPath.BeforeResponse)
            {
                await SendReportAsync(stream, report, eventType, token, context);
            }

            await stream.WriteAsync(response, token);
            await archive.BeforeReport(token);
            switch (archive.Reports)
            {
                case ReportPath.SameAssociation:
                    await SendReportAsync(stream, report, eventType, token, context);
                    break;
                case ReportPath.OwnAssociation:
                    archive._reporting.Add(archive.ReportAsync(report, eventType, token));
                    break;
                case ReportPath.NextAssociation:
                    archive._heldReport = report;
                    return true;
            }

            return false;
        }

        private ushort? Field(ushort element) => Value(_command.ToArray(), element) is { } value ? BinaryPrimitives.ReadUInt16LittleEndian(value) : null;

        private string Text(ushort element) => FakeArchive.Text(Value(_command.ToArray(), element));

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

        private Task<(byte Type, byte[] Body)> ReadAsync(CancellationToken token) => ReadPduAsync(stream, token);
    }
}
