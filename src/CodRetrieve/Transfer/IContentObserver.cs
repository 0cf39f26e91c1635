namespace CodRetrieve.Transfer;

/// <summary>Is notified while an instance's bytes pass. Calls for one instance come one at a time; those for different ones may come together.</summary>
internal interface IContentObserver
{
    /// <summary>Bytes came and were handed out.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="count">Their number.</param>
    /// <param name="bytesSoFar">The number of all bytes of this attempt.</param>
    void Received(InstanceInfo instance, int count, long bytesSoFar);

    /// <summary>The last byte came; whether they all match is not known yet.</summary>
    ValueTask ArrivedAsync(InstanceInfo instance);

    /// <summary>All bytes match: the instance has left the tar, and is not saved yet.</summary>
    ValueTask VerifiedAsync(InstanceInfo instance);
}
