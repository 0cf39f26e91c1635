namespace CodRetrieve.Service.Ledger;

/// <summary>Opens the ledger; safe for use by several threads. Each context is for one of them, and disposed by who asked for it.</summary>
internal interface ILedgerFactory
{
    LedgerContext Create();
}
