using Microsoft.Data.Sqlite;

namespace FedSite.State;

/// <summary>SQL with named parameters in one line. Failures are <see cref="StateException"/>.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    public static int Execute(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        using var command = connection.Command(sql, parameters);
        return Guard(connection, command.ExecuteNonQuery);
    }

    /// <summary>Runs one statement for each set of parameters; all sets have the same names.</summary>
    public static void ExecuteEach(
        this SqliteConnection connection,
        string sql,
        IEnumerable<IEnumerable<(string Name, object? Value)>> sets
    )
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var set in sets)
        {
            command.Parameters.Clear();
            foreach (var (name, value) in set)
            {
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            }

            Guard(connection, command.ExecuteNonQuery);
        }
    }

    /// <summary>All rows of a query.</summary>
    public static List<T> Query<T>(
        this SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        using var command = connection.Command(sql, parameters);
        return Guard(
            connection,
            () =>
            {
                using var reader = command.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
        );
    }

    /// <summary>Begins what is done as a whole or not at all.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="deferred">True: the lock for writing is taken with the first change.</param>
    public static StateTransaction Begin(this SqliteConnection connection, bool deferred = false) =>
        new(connection, Guard(connection, () => connection.BeginTransaction(deferred)));

    private static SqliteCommand Command(
        this SqliteConnection connection,
        string sql,
        ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    internal static T Guard<T>(SqliteConnection connection, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw StateException.From(e, connection.DataSource);
        }
    }
}

/// <summary>Undone when it is disposed of before <see cref="Commit"/>.</summary>
internal sealed class StateTransaction(SqliteConnection connection, SqliteTransaction transaction) : IDisposable
{
    public void Commit() =>
        SqliteCommands.Guard(
            connection,
            () =>
            {
                transaction.Commit();
                return true;
            }
        );

    public void Dispose() => transaction.Dispose();
}
