// libnl, whose messages are pointers into each other: only the C target CNL80211 uses it.
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
