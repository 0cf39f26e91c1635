namespace CodRetrieve;

/// <summary>An <see cref="IInstanceTransform"/> failed on an instance, which is not saved. Others are.</summary>
public sealed class InstanceTransformException : CodRetrieveException
{
    /// <summary>Initializes a new instance of the <see cref="InstanceTransformException"/> class.</summary>
    /// <param name="message">What failed, naming the instance and the transform, without values of attributes.</param>
    /// <param name="innerException">What the transform threw, or <see langword="null"/>.</param>
    public InstanceTransformException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
