namespace CodRetrieve;

/// <summary>When what a job saves is made durable, so that a power failure does not take it. A process that is killed loses nothing either way.</summary>
public enum Durability
{
    /// <summary>
    /// Never by the job: the system writes it when it likes. What was saved so is read back and compared once after the machine was started again.
    /// </summary>
    None,

    /// <summary>
    /// Once for each study, before the study counts as done: with <c>syncfs(2)</c> on Linux, elsewhere file by file.
    /// </summary>
    Study,

    /// <summary>Each instance, before it gets its name: at the speed at which the device confirms one write after the other.</summary>
    Instance,
}
