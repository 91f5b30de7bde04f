#include "planning/component_order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reelbatch::planning {
namespace {

using contracts::ComponentSpec;
using Names = std::vector<std::string>;

bool Has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::unexpected<base::Error> Wrong(std::string message) {
  return base::Fail(base::Code::kInvalidArgument, std::move(message), "components");
}

/// Depth first, so that a component follows everything below it.
class Sorter {
 public:
  Sorter(const std::vector<ComponentSpec>& known, const Names& wanted)
      : known_(known), wanted_(wanted) {}

  base::Status Visit(const std::string& name) {
    if (Has(order_, name)) return {};
    const bool circle = Has(path_, name);
    path_.push_back(name);
    if (circle) {
      return Wrong(fmt::format("these components need each other in a circle: {}", Path(name)));
    }
    const auto spec = std::ranges::find(known_, name, &ComponentSpec::name);
    if (spec == known_.end()) {
      return Wrong(fmt::format("there is no component '{}' ({})", name, Path(path_.front())));
    }
    for (const std::string& need : spec->needs) {
      if (!Has(wanted_, need)) {
        return Wrong(fmt::format("'{}' needs '{}': add it to --components", name, need));
      }
      if (auto visited = Visit(need); !visited) return visited;
    }
    for (const std::string& use : spec->uses) {
      if (!Has(wanted_, use)) continue;
      if (auto visited = Visit(use); !visited) return visited;
    }
    path_.pop_back();
    order_.push_back(name);
    return {};
  }

  Names Take() { return std::move(order_); }

 private:
  /// "a -> b -> c", from where `from` first stands.
  std::string Path(const std::string& from) const {
    return fmt::format("{}", fmt::join(std::ranges::find(path_, from), path_.end(), " -> "));
  }

  const std::vector<ComponentSpec>& known_;
  const Names& wanted_;
  Names path_;
  Names order_;
};

}  // namespace

base::Result<Names> OrderComponents(const std::vector<ComponentSpec>& known, const Names& wanted) {
  Sorter sorter(known, wanted);
  for (const std::string& name : wanted) {
    if (auto visited = sorter.Visit(name); !visited) return std::unexpected(visited.error());
  }
  return sorter.Take();
}

}  // namespace reelbatch::planning
