namespace FedSite.Federation.Mappings;

/// <summary>
/// What Keystone would do is not known for sure. Better no answer than a wrong one: it decides who gets into a cloud.
/// </summary>
public sealed class UndecidedException(string message, string nextStep) : FedSiteException(message, nextStep);
