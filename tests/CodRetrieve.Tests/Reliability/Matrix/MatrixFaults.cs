using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>The rows of the matrix.</summary>
internal static class MatrixFaults
{
    // Within the first instance of whatever answer it strikes.
    private const int FlippedByte = 100_000;

    public static IReadOnlyList<MatrixFault> All { get; } =
    [
        new()
        {
            Name = "503",
            Once = (_, _) => Fault.Status(503),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "429 with Retry-After",
            Once = (_, _) => Fault.Status(429, TimeSpan.FromSeconds(1)),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "reset before the headers",
            Once = (_, _) => Fault.ResetBeforeHeaders(),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "reset within the headers",
            Once = (_, _) => Fault.ResetWithinHeaders(),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "reset after the headers",
            Once = (_, _) => Fault.ResetAfterHeaders(),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "reset at a random byte",
            Once = (_, _) => Fault.ResetAfterRandom(),
            ForEver = (_, _) => Fault.ResetAfter(10),
            AfterOne = ["complete; ≤ 1 listing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "connection closed at a random byte",
            Once = (_, _) => Fault.CloseAfterRandom(),
            ForEver = (_, _) => Fault.CloseAfter(10),
            AfterOne = ["complete; ≤ 1 listing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "clean cut at a random byte",
            Once = (_, _) => Fault.CutAfterRandom(),
            ForEver = (_, _) => Fault.CutAfter(10),
            AfterOne = ["complete; ≤ 1 listing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: InvalidResponse; nothing", "series: InvalidResponse; nothing", "12 of 12 instances: InvalidResponse; nothing"],
        },
        new()
        {
            Name = "stall at a random byte",
            Once = (_, _) => Fault.StallAfterRandom(),
            ForEver = (_, _) => Fault.StallAfter(10),
            AfterOne = ["complete; ≤ 1 listing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["study: Unavailable; nothing", "series: Unavailable; nothing", "12 of 12 instances: Unavailable; nothing"],
        },
        new()
        {
            Name = "slow drip",
            Once = (place, _) => Fault.SlowDrip(place == MatrixPlace.Segment ? 400_000 : 300, TimeSpan.FromMilliseconds(5)),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["complete; nothing", "complete; nothing", "complete; nothing"],
        },
        new()
        {
            Name = "one bit flipped",
            // A listing carries no checksum: only its form can show the damage, as does that of its first byte. TLS guards the rest.
            Once = (place, _) => place switch
            {
                MatrixPlace.Listing => Fault.FlipBit(0),
                MatrixPlace.Metadata => Fault.FlipBitAtRandom(),
                _ => Fault.FlipBit(FlippedByte),
            },
            AfterOne = ["complete; ≤ 1 listing", "complete; ≤ 1 index", "complete; ≤ 1 instance"],
            WithoutEnd = ["study: InvalidResponse; ≤ 3 listings", "series: index damaged; ≤ 2 indexes", "1 of 12 instances: CRC32C; ≤ 15 instances"],
        },
        new()
        {
            Name = "wrong range",
            // An index is asked for by range only after it broke off.
            Before = place => place == MatrixPlace.Metadata ? Fault.CloseAfter(100) : null,
            Once = (_, _) => Fault.WrongContentRange(512),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["complete; nothing", "series: InvalidResponse; nothing", "12 of 12 instances: InvalidResponse; nothing"],
        },
        new()
        {
            Name = "wrong generation",
            Once = (place, store) => place == MatrixPlace.Listing ? Fault.RawBody(store.ListingWithAnotherGeneration) : Fault.WrongGeneration(7),
            AfterOne = ["complete; ≤ 1 listing, ≤ 1 index", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["12 of 12 instances: Changed; ≤ 1 listing, ≤ 1 index", "series: InvalidResponse; nothing", "12 of 12 instances: InvalidResponse; nothing"],
        },
        new()
        {
            Name = "401 in the middle",
            Once = (_, _) => Fault.Unauthorized(),
            AfterOne = ["complete; nothing", "complete; nothing", "complete; nothing"],
            WithoutEnd = ["job stopped: Unauthorized; nothing", "job stopped: Unauthorized; nothing", "job stopped: Unauthorized; nothing"],
        },
        new()
        {
            Name = "404 (for the listing: the tar is not in it)",
            Once = (place, store) => place == MatrixPlace.Listing ? Fault.RawBody(store.ListingWithoutTar) : Fault.Status(404),
            AfterOne = ["series: no tar; nothing", "complete; nothing", "complete; ≤ 1 listing, ≤ 1 index"],
            WithoutEnd = ["series: no tar; nothing", "series: NotFound; nothing", "12 of 12 instances: Changed; ≤ 1 listing, ≤ 1 index"],
        },
    ];
}
