using CodRetrieve.Saving;

namespace CodRetrieve.Dimse;

/// <summary>An instance that is delivered and is to be committed.</summary>
/// <param name="Reference">The UIDs by which the archive knows it.</param>
/// <param name="Record">What its receipt says; <see langword="null"/> for one that the archive had, and that this side never sent.</param>
internal sealed record PendingCommitment(SopReference Reference, DeliveryRecord? Record);
