#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fields.h"
#include "base/result.h"
#include "contracts/cost_row.h"
#include "costs/origin_names.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// The documents of the original programs, for which the first checklist was written: common parts
/// of reading and writing.
using Json = base::SortedJson;
using Fields = base::SortedJsonFields;

/// Errors: corrupt: not JSON (the message has the line), not an object, a repeated member (the
/// message has its name), nested deeper than kMostDepth.
base::Result<Json> ParseOrigin(std::string_view text, std::string_view name);

/// Limits for the values of a table, as in ParseTable().
inline constexpr double kMostOriginMs = 3.6e6;
inline constexpr double kMostOriginMb = 16.0 * 1048576;

/// 0 or more; none for null, "N/A" and a missing key.
std::optional<double> FigureOrNone(Fields& fields, std::string_view key, double most);

/// "cut_detection.detect_soft_cuts(cpu)" split and joined; a name without a point is a
/// part of cut_detection. A name that does not begin with a component leaves the component empty;
/// the error is kNoComponent.
void SplitName(const std::string& name, contracts::CostSubject& subject);

/// "16:9" or "9:16"; anything else is rejected.
contracts::Aspect AspectFrom(Fields& fields, std::string_view key);

/// An absolute path, or one with "..". It is kept as text, and the file is never opened.
bool LeadsOut(std::string_view path);

/// What rows of one document share, stored once: DropRepeats() recognises the same cell by it.
class OriginBlocks {
 public:
  std::shared_ptr<const contracts::CostSubject> Subject(contracts::CostSubject subject);
  std::shared_ptr<const contracts::Provenance> Source(contracts::Provenance source);

 private:
  std::map<std::string, std::shared_ptr<const contracts::CostSubject>> subjects_;
  std::map<std::string, std::shared_ptr<const contracts::Provenance>> sources_;
};

/// DropRepeats() for rows in the list `list` of the document `name`. Errors: corrupt (contradicting
/// rows).
base::Status DropRepeatsOf(LoadedTable& loaded, std::string_view name, std::string_view list);

/// Whether the documents of the original programs support a row: they have no concurrency.
bool OriginKnows(const contracts::CostRow& row);

/// Errors: invalid_argument: two rows are one cell of the original tables, which do not contain the
/// difference (input, device, threads, ISA, commit, date): the message has it, and the options that
/// choose.
base::Status CheckCells(const std::vector<const contracts::CostRow*>& rows);
std::unexpected<base::Error> OneCellTwice(const contracts::CostRow& row);

contracts::Knobs KnobsFromJson(const Json& object);
Json KnobsToJson(const contracts::Knobs& knobs);

/// Data that rows cannot contain, as the steps from the document that they give to the one that was
/// read. `extra` becomes an object with it under `key`; nothing if there is no difference.
void KeepDifference(const Json& made, const Json& read, std::string_view key, std::string& extra);
/// `made` after these steps. Steps that do not fit (because the row was changed), or that
/// KeepDifference() does not write, are ignored; it stays an object.
Json WithDifference(Json made, std::string_view key, const std::string& extra);

}  // namespace reelbatch::costs
