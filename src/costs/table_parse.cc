#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/not_json.h"
#include "costs/json_object.h"
#include "costs/repeated_rows.h"
#include "costs/table_fields.h"
#include "costs/table_json.h"

namespace reelbatch::costs {
namespace {

/// A document is read twice: rows refer to blocks that may stand behind them.
class TableParser {
 public:
  /// `bytes` of the document: a row takes 256 or more, and growing a list of a million is dear.
  TableParser(JsonLog& log, size_t bytes) : log_(log) { table_.rows.reserve(bytes / 256); }

  void ReadBlocks(simdjson::ondemand::value document) { table_.extra = Read(document, true); }
  void ReadRows(simdjson::ondemand::value document) { Read(document, false); }

  contracts::CostTable Take() {
    if (!log_.failed()) DropRepeats(table_.rows, "rows", log_);
    return std::move(table_);
  }

 private:
  struct Section {
    std::string_view key;
    void (TableParser::*read)(JsonMember& member);
    bool first;  // read before the rows
  };

  std::string Read(simdjson::ondemand::value document, bool first) {
    static constexpr std::array kSections = {
        Section{"schema_version", &TableParser::Version, true},
        Section{"memory_unit", &TableParser::MemoryUnit, true},
        Section{"devices", &TableParser::Blocks<contracts::DeviceProfile>, true},
        Section{"sources", &TableParser::Blocks<contracts::Provenance>, true},
        Section{"subjects", &TableParser::Blocks<contracts::CostSubject>, true},
        Section{"qualities", &TableParser::Blocks<contracts::CostQuality>, true},
        Section{"rows", &TableParser::Entries<&contracts::CostTable::rows>, false},
        Section{"summaries", &TableParser::Entries<&contracts::CostTable::summaries>, false},
    };
    uint64_t seen = 0;
    std::string extra = ReadMembers(document, kSections, log_, {}, seen,
                                    [&](const Section& section, JsonMember& member) {
                                      if (section.first == first) (this->*section.read)(member);
                                    });
    if ((seen & 1U) == 0) {
      log_.Reject({}, "schema_version", fmt::format("is missing; it must be \"{}\"", kTableSchema));
    }
    return extra;
  }

  void Version(JsonMember& member) {
    const std::string_view version = member.Text();
    if (version == kTableSchema) return;
    member.Reject(
        fmt::format("is '{}', but must be {} (`reelbatch-lab costs import` converts v1 tables)",
                    version, kTableSchema));
  }

  void MemoryUnit(JsonMember& member) { blocks_.MemoryUnit(member); }

  template <class T>
  void Blocks(JsonMember& section) {
    simdjson::ondemand::object object;
    if (section.value.get_object().get(object) != simdjson::SUCCESS)
      return section.Reject("must be an object");
    for (auto field : object) {
      std::string_view id;
      simdjson::ondemand::value value;
      if (field.unescaped_key().get(id) != simdjson::SUCCESS ||
          field.value().get(value) != simdjson::SUCCESS) {
        return section.RejectBroken();
      }
      const std::string name(id);
      const JsonPlace where{.list = section.key, .name = name};
      Shared<T>& blocks = blocks_.Of<T>();
      if (blocks.Has(name)) return log_.Reject(where, "", "is given twice; remove one of them");
      T block;
      ReadObject(value, blocks_, log_, where, block);
      if (log_.failed()) return;
      if constexpr (requires { block.id; }) block.id = name;
      blocks.Add(name, std::move(block));
    }
  }

  template <auto kList>
  void Entries(JsonMember& section) {
    ReadElements(section, [&](size_t index, simdjson::ondemand::value value) {
      const JsonPlace where{.list = section.key, .index = static_cast<int64_t>(index)};
      ReadObject(value, blocks_, log_, where, (table_.*kList).emplace_back());
    });
  }

  JsonLog& log_;
  contracts::CostTable table_;
  TableBlocks blocks_;
};

}  // namespace

base::Result<LoadedTable> ParseTable(std::string text, std::string_view name) {
  // The parser below finds no object in a text of another kind; this says what kind it is.
  if (const size_t first = text.find_first_not_of(" \t\r\n");
      first == std::string::npos || (text[first] != '{' && text[first] != '[')) {
    if (auto why = base::WhyNotJson(text))
      return base::Fail(base::Code::kCorrupt, std::move(*why), std::string(name));
  }
  JsonLog log(name);
  const size_t length = text.size();
  text.reserve(length + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (parser.iterate(text.data(), length, text.capacity()).get(document) != simdjson::SUCCESS) {
    log.RejectBroken({}, "");
    return std::unexpected(log.ErrorIn(text));
  }
  TableParser table(log, length);
  simdjson::ondemand::value value;
  const char* rest = nullptr;
  if (document.get_value().get(value) != simdjson::SUCCESS) {
    log.RejectBroken({}, "");
    return std::unexpected(log.ErrorIn(text));
  }
  table.ReadBlocks(value);
  if (!log.failed() && document.current_location().get(rest) == simdjson::SUCCESS) {
    log.Reject({}, "", "has text after the end of the document; delete that text");
  }
  if (!log.failed()) {
    document.rewind();
    if (document.get_value().get(value) == simdjson::SUCCESS) table.ReadRows(value);
  }
  LoadedTable loaded{.table = table.Take(), .warnings = {}};
  if (log.failed()) return std::unexpected(log.ErrorIn(text));
  loaded.warnings = log.TakeWarnings();
  return loaded;
}

}  // namespace reelbatch::costs
