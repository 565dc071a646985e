package schema

// The roles of the directory that the process speaks of. A policy may add
// its own.
const (
	RoleCSM                    Role = "csm"
	RoleCSMManager             Role = "csm_manager"
	RoleCSMLeader              Role = "csm_leader"
	RoleCSE                    Role = "cse"
	RoleCSELeader              Role = "cse_leader"
	RoleAccountExecutive       Role = "account_executive"
	RoleAccountManager         Role = "account_manager"
	RoleSolutionsArchitect     Role = "solutions_architect"
	RoleServicesProjectManager Role = "services_project_manager"
	RoleSupportEngineer        Role = "support_engineer"
	RoleSupportManager         Role = "support_manager"
	RoleGroupProductManager    Role = "group_product_manager"
	RoleProductDirector        Role = "product_director"
	RoleProductLeadership      Role = "product_leadership"
	RoleProductManager         Role = "product_manager"
	RoleVPSales                Role = "vp_sales"
	RoleVPProduct              Role = "vp_product"
	RoleVPCustomerSuccess      Role = "vp_customer_success"
	RoleCRO                    Role = "cro"
	RoleCEO                    Role = "ceo"
	RoleEngineering            Role = "engineering"
)

// Roles returns the built-in roles.
func Roles() []Role {
	return []Role{
		RoleCSM, RoleCSMManager, RoleCSMLeader, RoleCSE, RoleCSELeader,
		RoleAccountExecutive, RoleAccountManager, RoleSolutionsArchitect,
		RoleServicesProjectManager, RoleSupportEngineer, RoleSupportManager,
		RoleGroupProductManager, RoleProductDirector, RoleProductLeadership,
		RoleProductManager, RoleVPSales, RoleVPProduct, RoleVPCustomerSuccess,
		RoleCRO, RoleCEO, RoleEngineering,
	}
}

// ProductRoles returns the roles that a Product DRI or a product team may have
// (P8, P10).
func ProductRoles() []Role {
	return []Role{
		RoleProductManager, RoleGroupProductManager, RoleProductDirector,
		RoleProductLeadership, RoleVPProduct,
	}
}

// SeniorProductRoles returns the product roles that stay attached to an escalation
// until its end, once they were its Product DRI (P10).
func SeniorProductRoles() []Role {
	return []Role{RoleGroupProductManager, RoleProductDirector, RoleProductLeadership, RoleVPProduct}
}

// ManagerRoles returns the roles of a manager who may waive an agreement and,
// where the policy asks for review, decide on a snooze (P8, P30).
func ManagerRoles() []Role {
	return []Role{
		RoleCSMManager, RoleCSMLeader, RoleCSELeader,
		RoleVPSales, RoleVPProduct, RoleVPCustomerSuccess,
	}
}
