#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reelbatch::contracts {

/// The value of a knob, which is a setting of a component.
using KnobSetting = std::variant<bool, double, std::string, std::vector<std::string>>;
/// By name of the knob; names are unique in a program.
using KnobSettings = std::map<std::string, KnobSetting, std::less<>>;

enum class KnobType : uint8_t {
  kSwitch,   // bool
  kNumber,   // double
  kChoice,   // string: one of `choices`
  kChoices,  // strings: some of `choices`, in their order
  kReuse,    // string, a ReuseName(): whether the result of `other` is used
};

/// One setting of a component, declared once: its options, its key in configuration files, its
/// help, and its place in the identity of a result follow from it.
struct ComponentKnob {
  std::string name;    // in identities: "min_confidence"
  std::string option;  // and key of configuration files: "min-confidence"; kReuse: "NAME" of
                       // --prefer-NAME and --require-NAME
  KnobType type = KnobType::kSwitch;
  std::string value_name = {};  // the placeholder for the value in help
  std::string help = {};        // kReuse: what is used, for both options
  KnobSetting usual =
      {};  // the default; an empty list: it is filled in when the configuration is settled
  std::vector<std::string> choices = {};
  double low = 0;  // the range of a number; `low` itself is not allowed
  double high = 1;
  std::string other = {};  // of kReuse: the other component
  /// False: it does not change the result, and is not part of its identity.
  bool hashed = true;
  /// Whether identities contain it even if it has its default. Only for knobs that existed
  /// before this rule: a new knob must not change the identity of existing results.
  bool always_named = false;
};

/// Whether a component uses the result of another one.
enum class Reuse : uint8_t {
  kNever,
  kPrefer,   // if it exists; otherwise it works without, and reports that
  kRequire,  // or the run is refused
};
std::string_view ReuseName(Reuse reuse);

}  // namespace reelbatch::contracts
