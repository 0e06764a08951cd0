using FedSite.OpenStack;

namespace FedSite.Information;

/// <summary>
/// Something that all projects of a cloud share: the first that may, reads it. A refusal of one project is its own; any
/// other failure stands for the run.
/// </summary>
internal sealed class Once<T>(Func<OpenStackCloud, string, CancellationToken, Task<T>> read) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _value;
    private OpenStackException? _failure;

    /// <exception cref="OpenStackException">It can't be read.</exception>
    public async Task<T> GetAsync(OpenStackCloud account, string projectId, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_failure is not null)
                throw _failure;
            return _value ??= await read(account, projectId, ct);
        }
        catch (OpenStackException e) when (e.Status is not (401 or 403 or 404))
        {
            _failure = e;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
