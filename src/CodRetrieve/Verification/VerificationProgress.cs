namespace CodRetrieve.Verification;

/// <summary>How far verifying is.</summary>
/// <param name="InstancesChecked">The instances looked at so far, missing ones included.</param>
/// <param name="BytesRead">The bytes read back so far.</param>
/// <param name="Issues">What was found so far.</param>
public sealed record VerificationProgress(int InstancesChecked, long BytesRead, int Issues);
