namespace CodRetrieve.Storage;

/// <summary>Which bytes of which object are wanted, and what is known about the object from its listing.</summary>
/// <param name="Name">The object's name.</param>
/// <param name="Generation">The generation that every byte must belong to; <see langword="null"/> for whichever is newest.</param>
/// <param name="ObjectSizeBytes">The size of the stored object, from its listing; <see langword="null"/> where it is not known.</param>
/// <param name="Range">The bytes; <see langword="null"/> for the whole object.</param>
internal readonly record struct ObjectRange(string Name, long? Generation, long? ObjectSizeBytes, ByteRange? Range);
